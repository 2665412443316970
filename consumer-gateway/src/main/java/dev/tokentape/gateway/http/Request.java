package dev.tokentape.gateway.http;

import dev.tokentape.gateway.auth.Grant;
import dev.tokentape.gateway.problem.Problem;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One whole request, its host and origin already checked.
 *
 * @param path without the query, as sent
 * @param grant what its sender may do, where the route asks for a token
 * @param variables the parts of the path that the route's template names, as sent
 * @param query the parameters, decoded
 * @param body at most as long as the limit; empty if there was none
 * @param memory what the request has of the memory for all; given back once it is answered
 * @param codec the connection's HTTP codec, from which streams write past it
 */
public record Request(
        HttpMethod method,
        HttpVersion version,
        String path,
        Grant grant,
        Map<String, String> variables,
        Map<String, List<String>> query,
        HttpHeaders headers,
        byte[] body,
        Reservation memory,
        ChannelHandlerContext codec) {

    /** The same request, its sender known. */
    Request with(Grant known) {
        return new Request(method, version, path, known, variables, query, headers, body, memory, codec);
    }

    /** The connection's thread: handlers are called on it, and everything of the connection stays on it. */
    public EventExecutor loop() {
        return codec.channel().eventLoop();
    }

    /** Runs a task on the connection's thread when the connection is gone, also if it is already. */
    public void onClose(Runnable task) {
        codec.channel().closeFuture().addListener(_ -> task.run());
    }

    /** Who is counted together where there is a limit for each client: the token's subject, or else the address. */
    public String client() {
        return grant.subject() != null
                ? "subject " + grant.subject()
                : "address " + Addresses.of(codec.channel().remoteAddress());
    }

    public boolean isOpen() {
        return codec.channel().isActive();
    }

    public @Nullable String header(CharSequence name) {
        String value = headers.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** A query parameter, which may be given once. */
    public @Nullable String parameter(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw Problem.invalidParameter(name, "'%s' is given %d times; give it once".formatted(name, values.size()))
                    .asException();
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    /** A whole number in the query, refused beyond its bounds. */
    public int number(String name, int otherwise, int min, int max) {
        String value = parameter(name);
        if (value == null) {
            return otherwise;
        }
        int number = value.matches("\\d{1,9}") ? Integer.parseInt(value) : -1;
        if (number < min || number > max) {
            throw Problem.invalidParameter(name, "expected a whole number, %d to %d".formatted(min, max))
                    .asException();
        }
        return number;
    }

    public boolean accepts(String mediaType) {
        return headers.getAll("Accept").stream().anyMatch(value -> value.contains(mediaType));
    }

    public String conversationId() {
        return PublicIds.conversation(variable("conversation_id"));
    }

    public String responseId() {
        return PublicIds.response(variable("response_id"));
    }

    private String variable(String name) {
        return RequestTarget.decoded(variables.getOrDefault(name, ""));
    }
}
