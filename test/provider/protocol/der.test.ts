import { describe, expect, it } from "vitest";
import * as der from "../../../src/provider/protocol/tls/der.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("DER", () => {
  it.each([
    [[], "020100"],
    [[0], "020100"],
    [[0, 0, 1], "020101"],
    [[0x7f], "02017f"],
    [[0x80], "02020080"],
    [[0, 0x80], "02020080"],
    [[1, 0], "02020100"],
  ])("writes the integer %j with as few bytes as it needs, and never negative", (bytes, expected) => {
    expect(hex(der.integer(Uint8Array.from(bytes)))).toBe(expected);
  });

  it("writes lengths of one, two and three bytes", () => {
    expect(hex(der.octetString(Buffer.alloc(127))).slice(0, 4)).toBe("047f");
    expect(hex(der.octetString(Buffer.alloc(128))).slice(0, 6)).toBe("048180");
    expect(hex(der.octetString(Buffer.alloc(256))).slice(0, 8)).toBe("04820100");
    expect(hex(der.octetString(Buffer.alloc(65_536))).slice(0, 10)).toBe("0483010000");
  });

  it.each([
    ["1.2.840.10045.4.3.2", "06082a8648ce3d040302"],
    ["2.5.29.17", "0603551d11"],
    ["1.3.6.1.5.5.7.3.1", "06082b06010505070301"],
    ["2.999.128.16384", "060788378100818000"],
  ])("writes the object identifier %s", (dotted, expected) => {
    expect(hex(der.objectIdentifier(dotted))).toBe(expected);
  });

  it("writes instants with two digits of the year before 2050 and with four from then on", () => {
    const text = (at: string): string => der.time(new Date(at)).subarray(2).toString("latin1");
    expect(text("2026-11-22T01:02:03.999Z")).toBe("261122010203Z");
    expect(text("2049-12-31T23:59:59Z")).toBe("491231235959Z");
    expect(text("2050-01-01T00:00:00Z")).toBe("20500101000000Z");
  });

  it("writes texts, truths, bits and what holds others", () => {
    expect(hex(der.utf8String("é"))).toBe("0c02c3a9");
    expect(hex(der.boolean(true))).toBe("0101ff");
    expect(hex(der.boolean(false))).toBe("010100");
    expect(hex(der.bitString(Buffer.of(0xac), 2))).toBe("030202ac");
    expect(hex(der.sequence(der.boolean(true), der.boolean(false)))).toBe("30060101ff010100");
    expect(hex(der.set(der.boolean(true)))).toBe("31030101ff");
    expect(hex(der.explicit(3, der.boolean(true)))).toBe("a3030101ff");
    expect(hex(der.implicit(2, Buffer.from("a")))).toBe("820161");
  });
});
