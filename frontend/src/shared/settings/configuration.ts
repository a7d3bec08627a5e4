/** What the gateway tells the pages when they start: who signs people in, which version answers. */

import type { components } from "@/shared/api/schema";

export type Configuration = components["schemas"]["ConfigurationBody"];

export async function loadConfiguration(): Promise<Configuration> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`config.json: HTTP ${response.status}`);
  return (await response.json()) as Configuration;
}
