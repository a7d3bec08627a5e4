/** *Proyectos*: the list, one project, renaming and erasing. */

import { tokens } from "./tokens";

export const projects = {
  title: "Proyectos",
  create: "Crear otra aplicación",
  search: "Buscar por nombre",
  none: "Todavía no hay proyectos",
  noneText: "Cada aplicación que generes se guarda aquí, con su código y su coste.",
  noneSuch: (search: string) => `Ningún proyecto se llama así: «${search}».`,
  first: "Crear la primera",
  generations: (n: string, count: number) => (count === 1 ? `${n} generación` : `${n} generaciones`),
  changed: (moment: string) => `último cambio: ${moment}`,
  latest: (status: string, name: string) => `${status}: ver la última generación de ${name}`,
  created: (moment: string) => `Creado el ${moment}`,
  generationsTitle: "Generaciones",
  generationsNone: "Este proyecto todavía no tiene generaciones.",
  run: (n: number) => `Intento ${n}`,
  upTo: (n: string) => `hasta ${tokens(n)}`,
  cost: (n: string) => `costó ${tokens(n)}`,
  again: "Nueva generación",
  rename: "Cambiar nombre",
  renameTitle: "Cambiar el nombre del proyecto",
  renameText: "Los archivos ya generados conservan el nombre con el que se hicieron.",
  name: "Nombre del proyecto",
  renamed: "Nombre cambiado",
  delete: "Eliminar",
  deleteTitle: (name: string) => `¿Eliminar «${name}»?`,
  deleteText: "No se puede deshacer. Si algo se está generando, se detiene.",
  erased: [
    "Las descripciones que escribiste y todo el código generado",
    "Los archivos ZIP y los enlaces para descargarlos",
    "La historia de cada generación",
  ],
  kept: [
    "Tus tokens: no cambia lo cobrado y se libera lo reservado",
    "Los importes en tus movimientos, sin textos",
  ],
  deleteConfirm: "Eliminar para siempre",
  deleted: (name: string) => `«${name}» eliminado`,
};
