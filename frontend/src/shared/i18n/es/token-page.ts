/** *Tokens*: balance, packs, purchases, ledger, use. */

import { tokens } from "./tokens";

export const tokenPage = {
  title: "Tokens",
  hint: "Solo pagas los pasos que se completan.",
  balance: "Tu saldo",
  available: "Disponibles",
  held: "Reservados",
  heldHint:
    "Lo reservado es lo máximo que pueden costar las generaciones en curso. Lo que no se gasta vuelve.",
  receivable: "Pendientes de compensar",
  receivableHint:
    "Un pago se revirtió después de gastar sus tokens. Se descuentan de tu próxima compra; hasta entonces no se puede generar.",
  blocked: (moment: string) =>
    `Has alcanzado el límite diario de fallos que asumimos. Podrás generar a partir del ${moment}.`,
  packs: "Comprar Tokens",
  packsNone: "Ahora mismo no hay nada a la venta.",
  packsHint: "El pago se hace en la página de Stripe. AUTOCREA no ve ni guarda los datos de tu tarjeta.",
  buy: "Comprar",
  buyPack: (title: string, price: string) => `Comprar ${title} por ${price}`,
  going: "Abriendo el pago…",
  notCharged: "No se ha cobrado nada.",
  resume: "Continuar el pago",
  back: {
    crediting: "Pago recibido. Acreditando tus tokens…",
    creditingText: "Suele tardar unos segundos. No hace falta recargar la página.",
    confirming: "Confirmando tu pago…",
    confirmingText:
      "Esperamos la confirmación del banco. Puedes salir de esta página: los tokens llegan igual.",
    credited: (tokens: string) => `${tokens} añadidos a tu saldo`,
    creditedText: "Ya puedes usarlos. Si dejaste una descripción a medias, sigue guardada.",
    create: "Ir a Crear",
    cancelled: "Pago cancelado",
    cancelledText: "No se ha cobrado nada.",
    otherwise: "Este pago no ha añadido tokens a tu saldo, o se han retirado.",
  },
  purchases: "Compras",
  purchasesNone: "Todavía no has comprado tokens.",
  reversed: (n: string) => tokens(n, "retirado"),
  states: {
    started: "Pago sin terminar",
    paid: "Pagada; los tokens están en camino",
    credited: "Tokens añadidos",
    expired: "Caducó sin pagarse",
    failed: "El pago falló",
    refunded: "Reembolsada",
    disputed: "En disputa",
    unknown: "En revisión",
  },
  ledger: "Movimientos",
  ledgerNone: "Aquí verás cada token que entra o sale.",
  ledgerNoneSuch: "No hay movimientos así.",
  csv: "Descargar CSV",
  fromHold: "de lo reservado",
  /** Reasons that the ledger itself gives; an operator's are shown as written. */
  reasons: { welcome: "Bienvenida" } as Record<string, string>,
  run: (n: number) => `intento ${n}`,
  filterGeneration: "Generación",
  filterKind: "Tipo",
  usage: "Uso por día y paso",
  period: "Periodo",
  lastDays: (n: number) => `Últimos ${n} días`,
  day: "Día",
  byStep: "Por paso",
  usageNone: "No se ha cobrado ningún paso en este periodo.",
  usagePart:
    "Son demasiados movimientos para dibujarlos todos: faltan los más antiguos. El CSV los tiene completos.",
  usageSummary: (n: string, days: number) => `Uso de los últimos ${days} días: ${tokens(n)}`,
};
