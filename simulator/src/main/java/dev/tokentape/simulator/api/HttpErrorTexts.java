package dev.tokentape.simulator.api;

/** What an HTTP error says when nothing more precise is known. */
final class HttpErrorTexts {

    private HttpErrorTexts() {}

    static String usualMessage(int status) {
        return switch (status) {
            case 400 -> "The request is not valid.";
            case 401 -> "No valid API key was given.";
            case 403 -> "The API key may not use this resource.";
            case 404 -> "The model does not exist, or the key may not use it.";
            case 408, 504 -> "The request took too long.";
            case 413 -> "The request is too large.";
            case 429 -> "Too many requests. Slow down and try again.";
            case 503 -> "The service is not available at the moment. Try again later.";
            case 529 -> "Overloaded";
            default -> "The server failed while it worked on the request.";
        };
    }
}
