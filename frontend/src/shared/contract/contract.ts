/** The contract of a generated application, as its architecture step stores it. Models slip: what is missing is empty. */

export const CONTRACT_PATH = "docs/architecture.json";

export interface Route {
  method: string;
  path: string;
  summary: string;
  /** Any JSON; null when it takes none. */
  requestExample: unknown;
  /** Any JSON; null when it answers none. */
  responseExample: unknown;
  status: number;
}

export interface Contract {
  summary: string;
  stack: readonly string[];
  files: readonly { path: string; step: string; purpose: string }[];
  routes: readonly Route[];
  env: readonly { name: string; purpose: string; example: string; secret: boolean }[];
  dependencies: readonly { name: string; ecosystem: string; version: string | null }[];
  dataModel: readonly Entity[];
  ports: readonly { service: string; port: number }[];
  deviations: readonly string[];
}

export interface Entity {
  name: string;
  fields: readonly { name: string; type: string; required: boolean }[];
}

type Raw = Record<string, unknown>;

/** Null when the text is no JSON object. */
export function contractOf(text: string): Contract | null {
  const raw = parsed(text);
  if (raw === null) return null;
  return {
    summary: string(raw.summary),
    stack: list(raw.stack).map(string),
    files: records(raw.files).map((file) => ({
      path: string(file.path),
      step: string(file.step),
      purpose: string(file.purpose),
    })),
    routes: records(raw.routes).map(routeOf),
    env: records(raw.env).map((variable) => ({
      name: string(variable.name),
      purpose: string(variable.purpose),
      example: string(variable.example),
      secret: variable.secret === true,
    })),
    dependencies: records(raw.dependencies).map((dependency) => ({
      name: string(dependency.name),
      ecosystem: string(dependency.ecosystem),
      version: typeof dependency.version === "string" ? dependency.version : null,
    })),
    dataModel: records(raw.data_model).map((entity) => ({
      name: string(entity.entity),
      fields: records(entity.fields).map((field) => ({
        name: string(field.name),
        type: string(field.type),
        required: field.required !== false,
      })),
    })),
    ports: records(raw.ports).map((port) => ({ service: string(port.service), port: Number(port.port) })),
    deviations: list(raw.deviations).map(string),
  };
}

function routeOf(raw: Raw): Route {
  return {
    method: string(raw.method).toUpperCase(),
    path: string(raw.path),
    summary: string(raw.summary),
    requestExample: raw.request_example ?? null,
    responseExample: raw.response_example ?? null,
    status: typeof raw.status === "number" ? raw.status : 200,
  };
}

export function parsed(text: string): Raw | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isRecord = (value: unknown): value is Raw =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const string = (value: unknown): string => (typeof value === "string" ? value : "");
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const records = (value: unknown): Raw[] => list(value).filter(isRecord);
