/**
 * Closing a file with the keyboard.
 *
 * @vitest-environment happy-dom
 */

import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test } from "vitest";
import { neighbourOf } from "@/shared/generation/files";
import type { FileView } from "@/shared/generation/view";
import { FileTabs } from "./file-tabs";

const file = (path: string): FileView => ({
  path,
  step: "backend",
  bytes: 1,
  sha256: "0",
  text: null,
  startsAt: 0,
});

function Open() {
  const [open, setOpen] = useState(["a.py", "b.py", "c.py"].map(file));
  const [shown, setShown] = useState("b.py");
  function close(path: string) {
    setShown(neighbourOf(open, path)?.path ?? "");
    setOpen(open.filter((one) => one.path !== path));
  }
  return <FileTabs open={open} shown={shown} onChoose={setShown} onClose={close} />;
}

test("the focus goes to the file that is shown next", () => {
  render(<Open />);
  const press = (name: string) => {
    screen.getByRole("tab", { name }).focus();
    fireEvent.keyDown(screen.getByRole("tab", { name }), { key: "Delete" });
  };
  const current = () => [
    document.activeElement?.textContent,
    screen.getByRole("tab", { selected: true }).textContent,
  ];
  press("b.py");
  expect(current()).toEqual(["c.py", "c.py"]);
  press("c.py");
  expect(current()).toEqual(["a.py", "a.py"]);
});
