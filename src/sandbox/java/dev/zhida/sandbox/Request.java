package dev.zhida.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What somebody asked: the path below the vendor's own, the query, the body. */
record Request(String method, String path, Map<String, String> query, String contentType, String body) {

    static final ObjectMapper JSON = new ObjectMapper();

    static Request read(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var type = exchange.getRequestHeaders().getFirst("Content-Type");
        return new Request(
                exchange.getRequestMethod(),
                uri.getPath().substring(exchange.getHttpContext().getPath().length()),
                form(uri.getRawQuery()),
                type == null ? "" : type,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** The fields of query and form body together. */
    Map<String, String> fields() {
        var all = new LinkedHashMap<>(query);
        all.putAll(form(body));
        return all;
    }

    boolean isJson() {
        return contentType.startsWith("application/json") || body.startsWith("{");
    }

    /** The body as an object; {@code null} if it is none. */
    JsonNode json() {
        return object(body);
    }

    static JsonNode object(String text) {
        try {
            var node = JSON.readTree(text);
            return node != null && node.isObject() ? node : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static Map<String, String> form(String text) {
        var fields = new LinkedHashMap<String, String>();
        if (text == null || text.isEmpty()) {
            return fields;
        }
        for (var pair : text.split("&")) {
            var equals = pair.indexOf('=');
            try {
                fields.put(
                        URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8),
                        equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                // A broken escape stays as it came; no signature will fit it.
                fields.put(pair, "");
            }
        }
        return fields;
    }
}
