// The API's errors: status, code and a message in the words of the real server.

/** An answer that is an error: `{message, code, env}` with a status. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/** A body that does not have the right shape. */
export const invalidInputs = (message: string) => new ApiError(400, "invalid_inputs", message);
/** A body of the right shape that contradicts itself: the real server answers 500, and a retry cannot help. */
export const contradiction = (message: string) => new ApiError(500, "invalid_inputs", message);
export const invalidRequest = (message: string, status = 400) =>
  new ApiError(status, "invalid_request", message);
export const invalidCursor = () => new ApiError(400, "invalid_cursor", "start_cursor is not a valid cursor");

export const featureNotFound = (id: string) =>
  new ApiError(404, "feature_not_found", `Feature ${id} not found`);
export const customerNotFound = (id: string) =>
  new ApiError(404, "customer_not_found", `Customer ${id} not found`);
export const entityNotFound = (id: string) => new ApiError(404, "entity_not_found", `Entity ${id} not found`);

export const noAuthHeader = () =>
  new ApiError(401, "no_auth_header", "Authorization header not found in request");
export const noSecretKey = () =>
  new ApiError(401, "no_secret_key", "Secret key not found in Authorization header");
export const invalidSecretKey = (key: string) =>
  new ApiError(
    401,
    "invalid_secret_key",
    `Invalid secret key: ${key.slice(0, 15)}${"*".repeat(Math.min(Math.max(key.length - 15, 0), 40))}`,
  );
export const invalidApiVersion = (version: string) =>
  new ApiError(400, "invalid_api_version", `"${version}" is not a valid API version`);
export const duplicateIdempotencyKey = (key: string) =>
  new ApiError(
    409,
    "duplicate_idempotency_key",
    `Another request with idempotency key ${key} has already been received`,
  );
export const bodyTooLarge = (limit: number) =>
  new ApiError(413, "payload_too_large", `The request body is larger than ${limit} bytes`);
