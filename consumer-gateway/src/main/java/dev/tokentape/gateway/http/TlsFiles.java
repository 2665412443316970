package dev.tokentape.gateway.http;

import java.nio.file.Path;

/**
 * Where a server's identity lies.
 *
 * @param certificate PEM, the server's own first, then those between it and the root
 * @param key PEM, PKCS #8, without a password
 */
public record TlsFiles(Path certificate, Path key) {}
