package dev.tokentape.simulator.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.log.SimulatedCall;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is answered to a GET: health, the models, and the log of calls. */
final class Pages {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> MODELS = List.of("sim", "sim-fast", "sim-slow");
    private static final int CALLS_SHOWN = 1000;

    private Pages() {}

    static FullHttpResponse answer(FrontState state, HttpMethod method, QueryStringDecoder uri, boolean keepAlive) {
        if (!method.equals(HttpMethod.GET)) {
            return json(405, error("Only GET and POST are understood."), keepAlive);
        }
        return switch (uri.path()) {
            case "/health" -> json(200, JSON.objectNode().put("status", "ok").toString(), keepAlive);
            case "/v1/models" -> json(200, models(), keepAlive);
            case "/api/tags" -> json(200, tags(), keepAlive);
            case "/simulator/calls" -> json(200, calls(state.log.snapshot(), shown(uri)), keepAlive);
            default ->
                json(
                        404,
                        error("There is nothing at " + uri.path() + "; look at /health, /v1/models,"
                                + " /api/tags, /simulator/calls, or POST to an API."),
                        keepAlive);
        };
    }

    private static int shown(QueryStringDecoder uri) {
        String last = uri.parameters().getOrDefault("last", List.of("")).getFirst();
        return last.matches("[0-9]{1,7}") ? Integer.parseInt(last) : CALLS_SHOWN;
    }

    private static String models() {
        ObjectNode list = JSON.objectNode().put("object", "list");
        var models = list.putArray("data");
        for (String model : MODELS) {
            models.addObject()
                    .put("id", model)
                    .put("object", "model")
                    .put("created", 1_767_225_600)
                    .put("owned_by", "tokentape-simulator");
        }
        return list.toString();
    }

    /** The models as Ollama lists them. */
    private static String tags() {
        ObjectNode list = JSON.objectNode();
        var models = list.putArray("models");
        for (String model : MODELS) {
            models.addObject()
                    .put("name", model)
                    .put("model", model)
                    .put("modified_at", "2026-01-01T00:00:00Z")
                    .put("size", 0)
                    .put("digest", "0".repeat(64))
                    .putObject("details")
                    .put("parent_model", "")
                    .put("format", "gguf")
                    .put("family", "simulator")
                    .put("parameter_size", "0B")
                    .put("quantization_level", "F16")
                    .putArray("families")
                    .add("simulator");
        }
        return list.toString();
    }

    private static String calls(List<SimulatedCall> calls, int last) {
        var array = JSON.arrayNode();
        for (SimulatedCall call : calls.subList(Math.max(0, calls.size() - last), calls.size())) {
            array.add(JSON.objectNode()
                    .put("id", call.id())
                    .put("api", call.api())
                    .put("model", call.model())
                    .put("stream", call.stream())
                    .put("messages", call.messages())
                    .put("key_given", call.keyGiven())
                    .put("status", call.status())
                    .put("started", call.started())
                    .put("first_byte", call.firstByte())
                    .put("tokens", call.tokens())
                    .put("ended", call.ended())
                    .put("outcome", call.outcome().spelling())
                    .put("fault", call.fault())
                    .put("client_closed", call.clientClosed()));
        }
        return array.toString();
    }

    private static String error(@Nullable String message) {
        ObjectNode error = JSON.objectNode();
        error.putObject("error").put("message", message).put("type", "invalid_request_error");
        return error.toString();
    }

    private static FullHttpResponse json(int status, String body, boolean keepAlive) {
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, keepAlive);
        return response;
    }
}
