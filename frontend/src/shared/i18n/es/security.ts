/** *Seguridad*: what the audit and the scanners found. */

export const security = {
  title: "Seguridad",
  summary: "En resumen",
  severities: { critical: "Crítico", high: "Alto", medium: "Medio", low: "Bajo", info: "Informativo" },
  counts: "Hallazgos por gravedad",
  findings: (n: string, count: number) => (count === 1 ? `${n} hallazgo` : `${n} hallazgos`),
  at: (file: string, line: string) => `${file}, línea ${line}`,
  fix: "Cómo arreglarlo",
  byModel: "Lo vio el modelo",
  byScanner: (rule: string) => `Lo vio un analizador (${rule})`,
  byBoth: (rule: string) => `Lo vieron el modelo y un analizador (${rule})`,
  noneTitle: "Ni el modelo ni los analizadores encontraron nada",
  noneText:
    "Eso no demuestra que no haya nada: es la lectura de un modelo y de reglas automáticas. Revisa el código antes de publicarlo.",
  masked: "Los secretos se muestran enmascarados, aquí y en los documentos.",
  unscanned: "Archivos que ningún analizador pudo leer",
  checks: "Comprobación automática de cada paso",
  checksText:
    "Lo que quedó sin corregir al comprobar que los archivos existen, se leen y concuerdan entre sí.",
  checksNone: "No quedó nada pendiente.",
  classes: { warning: "Aviso", error: "Error", blocking: "Bloqueante" },
  waiting: "La auditoría es el último paso: su informe aparece cuando termine.",
  none: "La auditoría no se completó en esta generación, así que no hay informe.",
  unreadable: "El informe no se puede leer como datos. Está en Código, tal como se escribió.",
  failed: "No se pudo leer el informe.",
};
