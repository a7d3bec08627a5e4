/** Sent to the frame: XMLHttpRequest, as far as pages use it, on top of the answers that `fetch` gives there. */

export function replaceRequests(): void {
  class ExampleRequest extends EventTarget {
    readyState = 0;
    status = 0;
    statusText = "";
    responseText = "";
    response: unknown = "";
    responseType = "";
    responseURL = "";
    timeout = 0;
    withCredentials = false;
    readonly upload = new EventTarget();
    #method = "GET";
    #address = "";
    #aborted = false;
    #headers = new Headers();

    open(method: string, address: string | URL): void {
      this.#method = method;
      this.#address = String(address);
      this.#aborted = false;
      this.#move(1);
    }

    setRequestHeader(): void {}
    overrideMimeType(): void {}

    getResponseHeader(name: string): string | null {
      return this.#headers.get(name);
    }

    getAllResponseHeaders(): string {
      return [...this.#headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
    }

    abort(): void {
      this.#aborted = true;
      this.#tell("abort");
    }

    send(): void {
      fetch(this.#address, { method: this.#method })
        .then(async (response) => {
          const text = await response.text();
          if (this.#aborted) return;
          this.status = response.status;
          this.#headers = response.headers;
          this.responseText = text;
          this.response = this.responseType === "json" ? JSON.parse(text || "null") : text;
          for (const state of [2, 3, 4]) this.#move(state);
          this.#tell("load");
        })
        .catch(() => {
          if (this.#aborted) return;
          this.#move(4);
          this.#tell("error");
        })
        .finally(() => this.#tell("loadend"));
    }

    #move(state: number): void {
      this.readyState = state;
      this.#tell("readystatechange");
    }

    #tell(name: string): void {
      const event = new ProgressEvent(name);
      const handler: unknown = Reflect.get(this, `on${name}`);
      if (typeof handler === "function") handler.call(this, event);
      this.dispatchEvent(event);
    }
  }
  Object.assign(window, { XMLHttpRequest: ExampleRequest });
}
