/** Saves what the API answers as a file, under the name that the server gives it. Throws `Problem`. */

import { ask } from "./client";

export async function download(path: string, nameOtherwise: string): Promise<void> {
  const response = await ask(path);
  save(await response.blob(), nameOf(response) ?? nameOtherwise);
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // After this turn: a browser reads the address when it begins to save.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** RFC 6266: the extended form holds the true name. */
function nameOf(response: Response): string | null {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  return extended === undefined ? null : decodeURIComponent(extended);
}
