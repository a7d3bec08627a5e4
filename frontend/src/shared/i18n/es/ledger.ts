/** The person's movements of tokens, wherever they are listed. */

export const ledger = {
  movement: "Movimiento",
  tokens: "Tokens",
  kinds: {
    grant: "Tokens de regalo",
    purchase: "Compra",
    hold: "Reserva",
    capture: "Paso cobrado",
    release: "Reserva liberada",
    refund: "Devolución",
    reversal: "Pago revertido",
    receivable: "Anotado como pendiente",
  },
};
