/** Before each file of tests: they share a process, and none finds a module that another has loaded with its own stand-ins. */

import { vi } from "vitest";

vi.resetModules();
