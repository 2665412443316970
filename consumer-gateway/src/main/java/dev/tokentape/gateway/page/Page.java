package dev.tokentape.gateway.page;

import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The page: one HTML file with its script, style and icon, read once and kept. */
public final class Page {

    /** Only our own files, only our own address, no inline script or style, in nobody's frame. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private Page() {}

    public static List<Route> routes() {
        return List.of(
                file("/", "index.html", "text/html; charset=utf-8"),
                file("/page/app.js", "app.js", "text/javascript; charset=utf-8"),
                file("/page/style.css", "style.css", "text/css; charset=utf-8"),
                file("/page/icon.svg", "icon.svg", "image/svg+xml"));
    }

    private static Route file(String path, String name, String contentType) {
        byte[] bytes = read(name);
        String tag = "\"" + hash(bytes) + "\"";
        Map<String, String> headers = Map.of(
                "Cache-Control",
                "no-cache",
                "ETag",
                tag,
                "Content-Security-Policy",
                POLICY,
                "Referrer-Policy",
                "no-referrer");
        HttpAnswer whole = new HttpAnswer.Whole(200, contentType, bytes, headers);
        HttpAnswer unchanged = new HttpAnswer.Whole(304, contentType, new byte[0], headers);
        return Route.get(path, request -> CompletableFuture.completedStage(isKnown(request, tag) ? unchanged : whole));
    }

    private static boolean isKnown(Request request, String tag) {
        return tag.equals(request.header("If-None-Match"));
    }

    private static byte[] read(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the page's file " + name + " is missing from this build");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
