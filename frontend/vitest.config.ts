/** Vitest apart from the build, which is made where none of the tests' tools are installed. */

import { defineConfig, mergeConfig } from "vitest/config";
import build from "./vite.config.ts";

export default mergeConfig(
  build,
  defineConfig({
    test: {
      include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
      environment: "node",
      isolate: false,
      setupFiles: ["tests/apart.ts"],
    },
  }),
);
