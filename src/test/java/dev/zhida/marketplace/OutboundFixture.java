package dev.zhida.marketplace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.DnsResolver;

/** An internet of our own: a TLS server on this machine that speaks for every host of a marketplace that tests ask. */
public final class OutboundFixture implements AutoCloseable {

    private static final List<String> HOSTS = List.of(
            "m.tb.cn",
            "e.tb.cn",
            "item.taobao.com",
            "a.m.taobao.com",
            "s.click.taobao.com",
            "u.jd.com",
            "3.cn",
            "union-click.jd.com",
            "item.m.jd.com",
            "p.pinduoduo.com",
            "mobile.yangkeduo.com",
            "v.douyin.com",
            "haohuo.jinritemai.com",
            "h5.m.goofish.com",
            "evil.example",
            "img.alicdn.com");

    /** Answers one request. */
    public interface Responder {
        void answer(HttpExchange exchange) throws IOException;
    }

    private final HttpsServer server;
    private final SSLContext tls;
    private final Map<String, Responder> responders = new HashMap<>();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<String> resolved = Collections.synchronizedList(new ArrayList<>());

    public OutboundFixture() {
        try {
            tls = tls();
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(tls));
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> {
                var address = exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI();
                asked.add(address);
                responders.getOrDefault(address, status(404, "")).answer(exchange);
                exchange.close();
            });
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A certificate for all hosts, made by the JDK's own tool and trusted by nobody but these tests. */
    private static SSLContext tls() throws IOException {
        var folder = Files.createTempDirectory("zhida-tls");
        var store = folder.resolve("store.p12");
        try {
            var made = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "test",
                            "-keyalg",
                            "EC",
                            "-groupname",
                            "secp256r1",
                            "-dname",
                            "CN=test",
                            "-validity",
                            "2",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            "changeit",
                            "-ext",
                            HOSTS.stream().map("dns:"::concat).collect(Collectors.joining(",", "SAN=", "")))
                    .redirectErrorStream(true)
                    .start();
            var said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!made.waitFor(1, TimeUnit.MINUTES) || made.exitValue() != 0) {
                throw new IOException("no certificate: " + said);
            }
            var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
            var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys, "changeit".toCharArray());
            var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(keys);
            var tls = SSLContext.getInstance("TLS");
            tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.deleteIfExists(store);
            Files.deleteIfExists(folder);
        }
    }

    /** What is answered at an address, written as host and path; others answer 404. */
    public OutboundFixture at(String address, Responder responder) {
        responders.put(address, responder);
        return this;
    }

    public static Responder redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    public static Responder status(int status, String body) {
        return bytes(status, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Responder bytes(int status, byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        };
    }

    /** The way out into this internet; loopback addresses are its public ones. */
    public Outbound outbound() {
        return outbound(InetAddress::isLoopbackAddress, Duration.ofSeconds(20));
    }

    Outbound outbound(Predicate<InetAddress> reachable, Duration time) {
        return new Outbound(new Outbound.Network(
                new Resolver(), reachable, tls, server.getAddress().getPort(), time));
    }

    Outbound outbound(SSLContext trust) {
        return new Outbound(new Outbound.Network(
                new Resolver(),
                InetAddress::isLoopbackAddress,
                trust,
                server.getAddress().getPort(),
                Duration.ofSeconds(20)));
    }

    /** The requests that arrived, as host and path. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    /** The names that were looked up, each as often as it was. */
    List<String> resolved() {
        return List.copyOf(resolved);
    }

    /** Every name is this machine the first time, and from then on one where nothing listens. */
    private final class Resolver implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws java.net.UnknownHostException {
            var before = resolved.stream().filter(host::equals).count();
            resolved.add(host);
            return Stream.of(before == 0 ? "127.0.0.1" : "127.0.0.99")
                    .map(OutboundFixture::address)
                    .toArray(InetAddress[]::new);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (java.net.UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
