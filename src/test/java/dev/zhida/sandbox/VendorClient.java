package dev.zhida.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Asks the sandbox as a caller of each vendor would, with the default accounts. */
final class VendorClient implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    /** A request as it goes over the wire. */
    record Raw(String path, String query, String contentType, byte[] body) {}

    private final String url;
    private final Clock clock;
    private final HttpClient http = HttpClient.newHttpClient();

    VendorClient(Sandbox sandbox, Clock clock) {
        this.url = sandbox.url();
        this.clock = clock;
    }

    @Override
    public void close() {
        http.close();
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }

    /** Name, value, name, value. */
    static Map<String, String> fields(String... pairs) {
        var fields = new LinkedHashMap<String, String>();
        for (var i = 0; i < pairs.length; i += 2) {
            fields.put(pairs[i], pairs[i + 1]);
        }
        return fields;
    }

    Raw taobaoRaw(String signMethod, Map<String, String> business) {
        var all = fields(
                "app_key",
                Account.TAOBAO.appKey(),
                "timestamp",
                Times.local(now()),
                "v",
                "2.0",
                "format",
                "json",
                "simplify",
                "true",
                "sign_method",
                signMethod);
        all.putAll(business);
        all.put("sign", Signing.taobao(all, Account.TAOBAO.secret()));
        return form("/taobao/router/rest", all);
    }

    JsonNode taobao(String method, String... business) {
        var all = fields(business);
        all.put("method", method);
        return json(send(taobaoRaw("hmac-sha256", all)));
    }

    Raw jdRaw(String method, String business) {
        var all = fields(
                "method",
                method,
                "app_key",
                Account.JD.appKey(),
                "timestamp",
                Times.local(now()),
                "format",
                "json",
                "v",
                "1.0",
                "sign_method",
                "md5",
                "360buy_param_json",
                business);
        all.put("sign", Signing.wrapped(all, Account.JD.secret()));
        return form("/jd/routerjson", all);
    }

    /** What is within the text within the answer; the answer itself where the gateway refuses. */
    JsonNode jd(String method, String business) {
        var answer = json(send(jdRaw(method, business)));
        var outer = answer.path(method.replace('.', '_') + "_responce");
        var inner = outer.path(method.endsWith(".query") ? "queryResult" : "getResult");
        return inner.isTextual() ? json(inner.asText()) : answer;
    }

    Raw pddRaw(String type, String... business) {
        var all = fields(
                "type",
                type,
                "client_id",
                Account.PDD.appKey(),
                "timestamp",
                Long.toString(now()),
                "data_type",
                "JSON",
                "version",
                "V1");
        all.putAll(fields(business));
        all.put("sign", Signing.wrapped(all, Account.PDD.secret()));
        return new Raw("/pdd/api/router", null, "application/json", text(all));
    }

    JsonNode pdd(String type, String... business) {
        return json(send(pddRaw(type, business)));
    }

    Raw pangolinRaw(String path, String data) {
        var requestId = UUID.randomUUID().toString();
        var envelope = fields(
                "app_id",
                Account.PANGOLIN.appKey(),
                "timestamp",
                Long.toString(now()),
                "version",
                "1",
                "sign_type",
                "MD5",
                "req_id",
                requestId,
                "data",
                data);
        envelope.put(
                "sign",
                Signing.pangolin(
                        Account.PANGOLIN.appKey(), data, requestId, Long.toString(now()), Account.PANGOLIN.secret()));
        return new Raw("/pangolin" + path, null, "application/json", text(envelope));
    }

    /** With {@code data} as an object, however it came. */
    JsonNode pangolin(String path, String data) {
        var answer = json(send(pangolinRaw(path, data)));
        if (answer.path("data").isTextual()) {
            ((ObjectNode) answer).set("data", json(answer.path("data").asText()));
        }
        return answer;
    }

    Raw buyinRaw(String method, String timestamp, String signMethod, String business) {
        var query = fields(
                "method",
                method,
                "app_key",
                Account.BUYIN.appKey(),
                "access_token",
                Account.BUYIN.session(),
                "timestamp",
                timestamp,
                "v",
                "2",
                "sign_method",
                signMethod,
                "sign",
                Signing.buyin(Account.BUYIN.appKey(), method, business, timestamp, signMethod, Account.BUYIN.secret()));
        return new Raw(
                "/buyin/" + method.replace('.', '/'),
                encoded(query),
                "application/json",
                business.getBytes(StandardCharsets.UTF_8));
    }

    JsonNode buyin(String method, String business) {
        return json(send(buyinRaw(method, Times.local(now()), "hmac-sha256", business)));
    }

    private static Raw form(String path, Map<String, String> fields) {
        return new Raw(
                path,
                null,
                "application/x-www-form-urlencoded;charset=utf-8",
                encoded(fields).getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static byte[] text(Map<String, String> members) {
        return JSON.valueToTree(members).toString().getBytes(StandardCharsets.UTF_8);
    }

    HttpResponse<String> answer(Raw raw) {
        try {
            var request = HttpRequest.newBuilder(
                            URI.create(url + raw.path + (raw.query == null ? "" : "?" + raw.query)))
                    .header("Content-Type", raw.contentType)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(raw.body))
                    .build();
            return http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    String send(Raw raw) {
        var answer = answer(raw);
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    /** The control interface; without a body it reads. */
    String control(String path, String body) {
        try {
            var request = HttpRequest.newBuilder(URI.create(url + "/control" + path));
            return http.send(
                            body == null
                                    ? request.build()
                                    : request.POST(HttpRequest.BodyPublishers.ofString(body))
                                            .build(),
                            BodyHandlers.ofString(StandardCharsets.UTF_8))
                    .body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }
}
