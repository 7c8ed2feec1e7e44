import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCertificate } from "../../../src/provider/protocol/tls/certificate.ts";

const now = new Date("2026-11-22T12:00:00Z");

describe("the certificate of a provider process", () => {
  const made = createCertificate(now);
  const read = new X509Certificate(made.pem);

  it("is the same in DER and PEM", () => {
    expect(read.raw.equals(made.der)).toBe(true);
    expect(new X509Certificate(made.der).fingerprint256).toBe(read.fingerprint256);
  });

  it("is for localhost, for servers and clients, and an authority", () => {
    expect(read.subjectAltName).toBe("DNS:localhost");
    expect(read.checkHost("localhost")).toBe("localhost");
    expect(read.checkHost("example.com")).toBeUndefined();
    expect(read.ca).toBe(true);
    expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  });

  it("is signed by itself, with a key on P-256", () => {
    expect(read.checkIssued(read)).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(read.checkPrivateKey(createPrivateKey(made.privateKeyPem))).toBe(true);
  });

  it("is valid from an hour before until a week after it was made", () => {
    expect(new Date(read.validFrom).toISOString()).toBe("2026-11-22T11:00:00.000Z");
    expect(new Date(read.validTo).toISOString()).toBe("2026-11-29T12:00:00.000Z");
  });

  it("can be made when the year has more than two digits to write", () => {
    expect(
      new Date(new X509Certificate(createCertificate(new Date("2070-06-01T00:00:00Z")).pem).validTo),
    ).toEqual(new Date("2070-06-08T00:00:00Z"));
  });

  it("is another each time, with a positive serial number", () => {
    const serials = Array.from(
      { length: 40 },
      () => new X509Certificate(createCertificate(now).der).serialNumber,
    );
    expect(new Set(serials).size).toBe(serials.length);
    for (const serial of serials) expect(serial).toMatch(/^[0-9A-F]{2,32}$/);
  });
});
