/** Addresses of pages that other features lead to: no feature depends on another's routes. */

export const TOKENS_PATH = "/tokens";
export const ACCOUNT_PATH = "/cuenta";

/** A generation's page, or one of its tabs. *Código* takes `archivo` and `linea` in its search. */
export function generationPath(projectId: string, generationId: string, tab?: string): string {
  const base = `/proyectos/${projectId}/generaciones/${generationId}`;
  return tab === undefined ? base : `${base}/${tab}`;
}
