import { ExtData, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeJson, decodeMsgpack } from "../../../src/provider/protocol/values/decode.ts";
import { encodeMsgpack } from "../../../src/provider/protocol/values/encode.ts";
import { sameValue } from "../../../src/provider/protocol/values/equal.ts";
import { ExactDecimal, numberFromDecimal } from "../../../src/provider/protocol/values/number.ts";
import { type CtyType, nameOfType, parseCtyType } from "../../../src/provider/protocol/values/type.ts";
import {
  type CtyValue,
  showPath,
  TypedValue,
  UNKNOWN,
  ValueError,
} from "../../../src/provider/protocol/values/value.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const fromHex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

const names = fc
  .oneof(fc.string({ minLength: 1 }), fc.constantFrom("constructor", "toString", "hasOwnProperty"))
  .filter((name) => name !== "__proto__");

const types: fc.Arbitrary<CtyType> = fc.letrec<{ type: CtyType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<CtyType>("string", "number", "bool", "dynamic"),
    fc.tuple(fc.constantFrom<"list" | "set" | "map">("list", "set", "map"), tie("type")),
    fc.array(tie("type"), { maxLength: 3 }).map((of): CtyType => ["tuple", of]),
    fc.dictionary(names, tie("type"), { maxKeys: 4 }).map((of): CtyType => ["object", of]),
  ),
})).type;

const numbers = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.stringMatching(/^-?\d{1,60}\.\d{1,60}$/).map(numberFromDecimal),
);

function valuesOf(type: CtyType): fc.Arbitrary<CtyValue> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.boolean().map((isNull): CtyValue => (isNull ? null : UNKNOWN)) },
    { weight: 6, arbitrary: known(type) },
  );
}

function known(type: CtyType): fc.Arbitrary<CtyValue> {
  if (type === "string") return fc.string({ unit: "grapheme" });
  if (type === "number") return numbers;
  if (type === "bool") return fc.boolean();
  if (type === "dynamic")
    return fc
      .constantFrom<CtyType>("string", "number", ["list", "bool"], ["object", { a: "string" }])
      .chain((of) => valuesOf(of).map((value) => new TypedValue(of, value)));
  const [kind, of] = type;
  if (kind === "tuple") return fc.tuple(...of.map(valuesOf));
  if (kind === "object")
    return fc.record(Object.fromEntries(Object.entries(of).map(([name, one]) => [name, valuesOf(one)])));
  return kind === "map"
    ? fc.dictionary(names, valuesOf(of), { maxKeys: 4 })
    : fc.array(valuesOf(of), { maxLength: 4 });
}

const typed = types.chain((type) =>
  valuesOf(type).map((value): { type: CtyType; value: CtyValue } => ({ type, value })),
);

describe("any value of any type", () => {
  it("comes back from msgpack as the same", () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        const back = decodeMsgpack(encodeMsgpack(value, type), type);
        expect(sameValue(back, value)).toBe(true);
        const again = encodeMsgpack(back, type);
        expect(hex(encodeMsgpack(decodeMsgpack(again, type), type))).toBe(hex(again));
      }),
      { numRuns: 500 },
    );
  });

  it("has a type that comes back from JSON as the same", () => {
    fc.assert(
      fc.property(types, (type) => {
        expect(JSON.stringify(parseCtyType(JSON.parse(JSON.stringify(type))))).toBe(JSON.stringify(type));
      }),
    );
  });
});

describe("golden encodings", () => {
  const object: CtyType = ["object", { a: "string", n: "number" }];
  const goldens: [string, CtyType, CtyValue, string][] = [
    ["null", "string", null, "c0"],
    ["unknown", "string", UNKNOWN, "d40000"],
    ["text", "string", "é", "a2c3a9"],
    ["true", "bool", true, "c3"],
    ["a small number", "number", 5, "05"],
    ["a negative number", "number", -1, "ff"],
    ["a tenth, as text", "number", 0.1, "a3302e31"],
    ["2^53 + 1", "number", 9007199254740993n, "cf0020000000000001"],
    ["-2^53 - 1", "number", -9007199254740993n, "d3ffdfffffffffffff"],
    ["2^64, as text", "number", 2n ** 64n, "b43138343436373434303733373039353531363136"],
    [
      "the double next to a tenth",
      "number",
      new ExactDecimal("1000000000000000055511151231257827021181583404541015625e-55"),
      "cb3fb999999999999a",
    ],
    ["a list", ["list", "bool"], [true, null, UNKNOWN], "93c3c0d40000"],
    ["a map", ["map", "bool"], { k: false }, "81a16bc2"],
    ["an object with every attribute", object, { a: "x" } as CtyValue, "82a161a178a16ec0"],
    ["a tuple", ["tuple", ["string", "bool"]], ["x", true], "92a178c3"],
    ["any type", "dynamic", new TypedValue("string", "x"), "92c40822737472696e6722a178"],
    ["any type, unknown", "dynamic", UNKNOWN, "d40000"],
  ];
  it.each(goldens)("%s", (_name, type, value, expected) => {
    expect(hex(encodeMsgpack(value, type))).toBe(expected);
    expect(
      sameValue(decodeMsgpack(fromHex(expected), type), decodeMsgpack(encodeMsgpack(value, type), type)),
    ).toBe(true);
  });

  it.each([
    ["a refined unknown", "c7 05 0c 8101c20000", "string", UNKNOWN],
    ["int64", "d3 0000000000000005", "number", 5],
    ["uint64 beyond 2^63", "cf ffffffffffffffff", "number", 2n ** 64n - 1n],
    ["a double", "cb 3fe0000000000000", "number", 0.5],
    ["a whole double", "cb 4014000000000000", "number", 5],
    ["a float of 32 bits", "ca 3f000000", "number", 0.5],
    ["decimal text", "a3 302e31", "number", 0.1],
  ] satisfies [string, string, CtyType, CtyValue][])("%s is read", (_name, bytes, type, expected) => {
    expect(decodeMsgpack(fromHex(bytes), type)).toBe(expected);
  });
});

describe("what is decoded", () => {
  it("has no prototype, and a key is only a key", () => {
    const map = decodeMsgpack(encode({ constructor: "c", toString: "t" }), ["map", "string"]) as object;
    expect(Object.getPrototypeOf(map)).toBeNull();
    expect(Object.keys(map)).toEqual(["constructor", "toString"]);
    const json = decodeJson(Buffer.from('{"__proto__":"p"}'), ["map", "string"]) as object;
    expect(Object.keys(json)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(json)).toBeNull();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("reads JSON with exact numbers, wherever they are", () => {
    const type: CtyType = ["object", { n: ["list", "number"], s: "string", d: "dynamic" }];
    const json =
      '{"n":[0.1,9007199254740993,-1.5e3,0.30000000000000000001],"s":"1 \\"2\\" 0.1","d":{"type":"number","value":1e400}}';
    const value = decodeJson(Buffer.from(json), type) as { n: CtyValue[]; s: string; d: TypedValue };
    expect(value.n).toEqual([0.1, 9007199254740993n, -1500, new ExactDecimal("0.30000000000000000001")]);
    expect(value.s).toBe('1 "2" 0.1');
    expect(value.d).toEqual(new TypedValue("number", numberFromDecimal("1e400")));
  });

  it("may lack attributes and have others when it is a state of another schema", () => {
    const type: CtyType = ["object", { a: "string", b: ["list", "number"] }];
    const value = decodeJson(Buffer.from('{"a":"x","gone":1}'), type, { lenient: true });
    expect(value).toEqual(Object.assign(Object.create(null), { a: "x", b: null }));
    expect(() => decodeJson(Buffer.from('{"a":"x"}'), type)).toThrow(ValueError);
  });
});

describe("what does not fit is refused with its path", () => {
  const type: CtyType = [
    "object",
    { a: ["list", "number"], m: ["map", "bool"], t: ["tuple", ["string"]], d: "dynamic" },
  ];
  const fine = { a: [], m: {}, t: ["x"], d: null };

  it.each([
    [{ ...fine, a: [1, "x"] }, "a[1]"],
    [{ ...fine, a: {} }, "a"],
    [{ ...fine, m: { k: 1 } }, 'm["k"]'],
    [{ ...fine, m: [] }, "m"],
    [{ ...fine, t: [] }, "t"],
    [{ ...fine, t: [1] }, "t[0]"],
    [{ ...fine, d: 5 }, "d"],
    [{ ...fine, extra: 1 }, ""],
    ["text", ""],
    [[1], ""],
  ])("%j, both ways", (value, path) => {
    const pathOf = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        expect(error).toBeInstanceOf(ValueError);
        return showPath((error as ValueError).path);
      }
      return "nothing thrown";
    };
    expect(pathOf(() => encodeMsgpack(value, type))).toBe(path);
    expect(pathOf(() => decodeMsgpack(encode(value), type))).toBe(path);
  });

  it.each([
    ["a number that is none", encode("0x10"), "number"],
    ["NaN", encode(Number.NaN), "number"],
    ["an extension nobody knows", encode(new ExtData(7, Uint8Array.of(1))), "string"],
    ["a missing attribute", encode({}), ["object", { a: "string" }]],
    ["a type that is none", encode([Buffer.from('["list"]'), 1]), "dynamic"],
    ["a type that is no JSON", encode([Buffer.from("{"), 1]), "dynamic"],
    ["the key __proto__", fromHex("81 a95f5f70726f746f5f5f a170"), ["map", "string"]],
    ["a list that lies about its length", fromHex("dd ffffffff 01"), ["list", "number"]],
    ["a text that lies about its length", fromHex("db ffffffff 61"), "string"],
    ["a map that lies about its length", fromHex("df ffffffff a161 01"), ["map", "number"]],
    ["more than one value", fromHex("01 02"), "number"],
    ["nothing", Buffer.alloc(0), "number"],
  ] satisfies [string, Uint8Array, CtyType][])("%s", (_name, bytes, wanted) => {
    expect(() => decodeMsgpack(bytes, wanted)).toThrow(ValueError);
  });

  it.each(["", "{", "{]", '{"a":01x}', "nonsense", '{"a":NaN}'])("JSON %j", (text) => {
    expect(() => decodeJson(Buffer.from(text), ["object", { a: "number" }])).toThrow(ValueError);
  });

  it("values of any type in each other without end", () => {
    const one = encode([Buffer.from('"dynamic"'), 0]).subarray(0, -1);
    const bytes = Buffer.concat([...Array.from({ length: 100_000 }, () => one), Buffer.from([0xc0])]);
    expect(() => decodeMsgpack(bytes, "dynamic")).toThrow(ValueError);
    const deep = `${'["list",'.repeat(100_000)}"string"${"]".repeat(100_000)}`;
    expect(() => decodeMsgpack(encode([Buffer.from(deep), null]), "dynamic")).toThrow(ValueError);
  });

  it("any bytes whatever", () => {
    const attempt = (decode: () => unknown): void => {
      try {
        decode();
      } catch (error) {
        expect(error).toBeInstanceOf(ValueError);
      }
    };
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 200 }), (wanted, bytes) => {
        attempt(() => decodeMsgpack(bytes, wanted));
        attempt(() => decodeJson(bytes, wanted));
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(types, fc.json(), fc.anything(), (wanted, json, anything) => {
        attempt(() => decodeJson(Buffer.from(json), wanted));
        attempt(() => encodeMsgpack(anything, wanted));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("types", () => {
  it("are named for messages", () => {
    expect(nameOfType(["list", ["map", "string"]])).toBe("list of map of string");
    expect(nameOfType(["object", {}])).toBe("object");
    expect(nameOfType("dynamic")).toBe("value of any type");
  });

  it("with optional attributes are read as types", () => {
    expect(JSON.stringify(parseCtyType(["object", { a: "string" }, ["a"]]))).toBe(
      '["object",{"a":"string"}]',
    );
  });

  it.each([undefined, null, 5, "text", [], ["list"], ["list", "text"], ["object", []], ["tuple", {}], {}])(
    "%j is none",
    (json) => {
      expect(() => parseCtyType(json)).toThrow(TypeError);
    },
  );
});

describe("values are the same", () => {
  it.each<[CtyValue, CtyValue, boolean]>([
    [1, 1n, true],
    [new ExactDecimal("1.0"), 1, true],
    ["1", 1, false],
    [null, UNKNOWN, false],
    [{ a: 1 }, { a: 1n }, true],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[1], { 0: 1 }, false],
    [new TypedValue("string", "a"), new TypedValue("string", "a"), true],
    [new TypedValue("string", null), new TypedValue("bool", null), false],
    [new TypedValue("string", "a"), { type: "string", value: "a" }, false],
    [new ExactDecimal("1"), {}, false],
  ])("%# %s", (one, other, expected) => {
    expect(sameValue(one, other)).toBe(expected);
    expect(sameValue(other, one)).toBe(expected);
  });
});
