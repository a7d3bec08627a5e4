/** Paths as a tree and as labels. */

import { expect, test } from "vitest";
import { filesByPath, labelsOf, treeOf } from "./files";
import type { FileView } from "./view";

const file = (path: string, step = "backend"): FileView => ({
  path,
  step,
  bytes: 1,
  sha256: null,
  text: null,
  startsAt: 0,
});

test("labels show as much of the folder as tells equal names apart", () => {
  const labels = labelsOf(["app/index.html", "admin/index.html", "app/a/index.html", "README.md"]);
  expect([...labels.values()]).toEqual(["app/index.html", "admin/index.html", "a/index.html", "README.md"]);
});

test("a label is the whole path when one path ends with another", () => {
  expect([...labelsOf(["index.html", "web/index.html"]).values()]).toEqual(["index.html", "web/index.html"]);
});

test("folders come before files and each in the order of names", () => {
  const tree = treeOf([file("z.txt"), file("b/two.py"), file("a/one.py"), file("b/c/deep.py")]);
  expect(tree.folders.map((folder) => folder.path)).toEqual(["a", "b"]);
  expect(tree.folders[1]?.folders.map((folder) => folder.path)).toEqual(["b/c"]);
  expect(tree.files.map((one) => one.path)).toEqual(["z.txt"]);
});

test("the later step's file counts when two wrote the same path", () => {
  expect(filesByPath([file("a"), file("a", "devops")]).map((one) => one.step)).toEqual(["devops"]);
});
