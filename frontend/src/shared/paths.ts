/** Addresses of pages that other features lead to: no feature depends on another's routes. */

export const CREATE_PATH = "/crear";
export const TOKENS_PATH = "/tokens";
export const ACCOUNT_PATH = "/cuenta";

/** *Crear*, for another generation of a project that there is. */
export const createPath = (projectId: string) => ({ to: CREATE_PATH, search: { proyecto: projectId } });

/** A generation's page, or one of its tabs. *Código* takes `archivo` and `linea` in its search. */
export function generationPath(projectId: string, generationId: string, tab?: string): string {
  const base = `/proyectos/${projectId}/generaciones/${generationId}`;
  return tab === undefined ? base : `${base}/${tab}`;
}
