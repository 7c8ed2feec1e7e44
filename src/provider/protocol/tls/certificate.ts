// The certificate that a provider process shows to Terraform: self-signed, made anew at each start, and named
// in the handshake line, which is what makes it trusted.
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import * as der from "./der.ts";

/** Terraform keeps a connection for one command; the certificate is only looked at when that is opened. */
const VALID_FOR_MS = 7 * 24 * 3_600_000;
/** For a clock that is set back between the start of the process and the connection. */
const VALID_BEFORE_MS = 3_600_000;

const OID = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  organization: "2.5.4.10",
  commonName: "2.5.4.3",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

export interface Certificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly privateKeyPem: string;
}

function extension(oid: string, critical: boolean, value: Uint8Array): Buffer {
  const parts = [der.objectIdentifier(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value)];
  return der.sequence(...parts);
}

function extensions(): Buffer {
  return der.sequence(
    // digitalSignature, keyEncipherment, keyAgreement, keyCertSign: bits 0, 2, 4 and 5.
    extension(OID.keyUsage, true, der.bitString(Buffer.of(0b1010_1100), 2)),
    extension(
      OID.extendedKeyUsage,
      false,
      der.sequence(der.objectIdentifier(OID.serverAuth), der.objectIdentifier(OID.clientAuth)),
    ),
    // Terraform puts it among its roots and verifies it as its own issuer: it must be an authority.
    extension(OID.basicConstraints, true, der.sequence(der.boolean(true))),
    // go-plugin connects to the name `localhost` (dNSName is tag 2).
    extension(OID.subjectAltName, false, der.sequence(der.implicit(2, Buffer.from("localhost", "latin1")))),
  );
}

function name(): Buffer {
  const attribute = (oid: string, value: string): Buffer =>
    der.set(der.sequence(der.objectIdentifier(oid), der.utf8String(value)));
  return der.sequence(
    attribute(OID.organization, "Terraform provider"),
    attribute(OID.commonName, "localhost"),
  );
}

function pemOf(label: string, content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** A new key on P-256 and a self-signed certificate for `localhost` (server and client), valid around `now`. */
export function createCertificate(now: Date): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der.sequence(der.objectIdentifier(OID.ecdsaWithSha256));
  const serial = randomBytes(16);
  const content = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))), // version 3
    der.integer(serial),
    algorithm,
    name(),
    der.sequence(
      der.time(new Date(now.getTime() - VALID_BEFORE_MS)),
      der.time(new Date(now.getTime() + VALID_FOR_MS)),
    ),
    name(),
    publicKey.export({ type: "spki", format: "der" }),
    der.explicit(3, extensions()),
  );
  const signature = sign("sha256", content, privateKey);
  const certificate = der.sequence(content, algorithm, der.bitString(signature));
  return {
    der: certificate,
    pem: pemOf("CERTIFICATE", certificate),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
