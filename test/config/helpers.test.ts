// The small parts: lines, pointers, globs.
import { expect, it } from "vitest";
import { parseGlob } from "../../src/config/glob.ts";
import { Lines } from "../../src/config/yaml/lines.ts";
import { pointerParts, pointerTo, valueAt } from "../../src/config/yaml/pointer.ts";

it("turns offsets into lines and columns", () => {
  const lines = new Lines("ab\n\ncd\r\ne", "f");
  const places = [0, 1, 2, 3, 4, 5, 8, 9].map((offset) => {
    const { line, column } = lines.place(offset);
    return `${line}:${column}`;
  });
  expect(places).toEqual(["1:1", "1:2", "1:3", "2:1", "3:1", "3:2", "4:1", "4:2"]);
});

it("writes and reads JSON pointers", () => {
  expect(pointerTo("/a", "b/c~d")).toBe("/a/b~1c~0d");
  expect(pointerParts("/a/b~1c~0d/~01")).toEqual(["a", "b/c~d", "~1"]);
  expect(valueAt({ a: [{ "": 5 }] }, "/a/0/")).toBe(5);
  expect(valueAt({}, "/constructor/name")).toBeUndefined();
});

it.each([
  ["a/b/*.yaml", "a/b", 0, ["x.yaml"], ["x/y.yaml", "x.yml"]],
  ["/a/*/c.yaml", "/a", 1, ["b/c.yaml"], ["c.yaml", "b/b/c.yaml"]],
  ["**/*.yaml", ".", Number.POSITIVE_INFINITY, ["a.yaml", "a/b/c.yaml"], ["a.yml"]],
  ["*.yaml", ".", 0, ["a.yaml"], ["a/b.yaml"]],
  ["a.{yaml,yml}", ".", 0, ["a.yaml", "a.yml"], ["a.json", "a."]],
  ["[a-c]?.yaml", ".", 0, ["b1.yaml"], ["d1.yaml", "b.yaml", "b12.yaml"]],
  ["[!a].yaml", ".", 0, ["b.yaml"], ["a.yaml", "/.yaml"]],
  ["a**b.yaml", ".", 0, ["ab.yaml", "axxb.yaml"], ["a/b.yaml"]],
  ["[.yaml", ".", 0, ["[.yaml"], ["x.yaml"]],
  ["{a.yaml", ".", 0, ["{a.yaml"], ["a.yaml"]],
  ["{a,{b,c}}*", ".", 0, ["ax", "bx", "cx"], ["dx"]],
  ["(a+b)$.yaml*", ".", 0, ["(a+b)$.yaml"], ["aab.yaml"]],
])("matches the glob %s", (glob, folder, depth, matching, others) => {
  const parsed = parseGlob(glob);
  expect(parsed).toMatchObject({ folder, depth });
  for (const path of matching) expect([path, parsed.matches(path)]).toEqual([path, true]);
  for (const path of others) expect([path, parsed.matches(path)]).toEqual([path, false]);
});
