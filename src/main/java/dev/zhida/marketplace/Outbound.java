package dev.zhida.marketplace;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * The one way out of the house: https only, hosts that the caller allows, public addresses only, at most 3 redirects
 * each of which is checked like the first address, 5 seconds in all, 5 MB. An address is looked up once and that very
 * answer is connected to, so that a name cannot point elsewhere between the check and the connection. Proxies are not
 * used: with one, it would be the proxy that looks the name up. The sandbox that may stand in for the marketplaces is
 * the one exception: its very origin is posted to without TLS, wherever it is.
 */
public final class Outbound implements AutoCloseable {

    public static final int MAX_REDIRECTS = 3;
    public static final int MAX_BYTES = 5 << 20;
    public static final Duration MAX_TIME = Duration.ofSeconds(5);

    private static final String USER_AGENT = "Mozilla/5.0 (compatible; Zhida/1.0)";

    /**
     * What the network is.
     *
     * @param resolver looks names up
     * @param reachable which addresses may be connected to
     * @param trust whose certificates are believed
     * @param port where https is spoken
     * @param time for an answer with all its redirects
     */
    record Network(DnsResolver resolver, Predicate<InetAddress> reachable, SSLContext trust, int port, Duration time) {}

    /**
     * What was answered.
     *
     * @param url where it came from, after redirects
     * @param location where a redirect leads, made absolute; {@code null} for what is none
     */
    public record Answer(String url, int status, String location, byte[] body) {

        /** Where this answer sends whoever asked. */
        public Optional<String> redirect() {
            return Optional.ofNullable(location);
        }
    }

    private final CloseableHttpClient client;
    private final CloseableHttpClient sandboxClient;
    private final URI sandbox;
    private final int port;
    private final Duration time;
    // Looking a name up cannot be interrupted: it goes on by itself while its caller has been told.
    private final ExecutorService exchanges = Executors.newVirtualThreadPerTaskExecutor();

    Outbound(Network network) {
        this(network, null);
    }

    /**
     * A way out.
     *
     * @param sandbox the one origin that may be posted to without TLS, wherever it is; {@code null} for none
     */
    Outbound(Network network, URI sandbox) {
        this.port = network.port();
        this.time = network.time();
        this.sandbox = sandbox;
        this.client = client(network, new CheckedResolver(network));
        this.sandboxClient = sandbox == null ? null : client(network, network.resolver());
    }

    private CloseableHttpClient client(Network network, DnsResolver resolver) {
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(resolver)
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(network.trust()))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(time))
                        .setSocketTimeout(Timeout.of(time))
                        .build())
                .setMaxConnTotal(64)
                .setMaxConnPerRoute(16)
                .build();
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.of(time))
                        .setResponseTimeout(Timeout.of(time))
                        .build())
                .setUserAgent(USER_AGENT)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                // What is packed small may unpack to anything.
                .disableContentCompression()
                .build();
    }

    /** Names of the internet, addresses that are public, authorities that the JDK trusts. */
    static Network internet() {
        try {
            return new Network(
                    SystemDefaultDnsResolver.INSTANCE,
                    PublicAddresses::isPublic,
                    SSLContext.getDefault(),
                    443,
                    MAX_TIME);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gets an address and follows its redirects. */
    public Answer get(String url, Predicate<String> hosts) throws IOException {
        return get(url, hosts, Answer::redirect);
    }

    /**
     * Gets an address and goes on for as long as the answers lead on.
     *
     * @param hosts which hosts may be asked
     * @param onward where an answer leads; nothing if it is the last one
     * @throws IOException saying what was not allowed, or what failed
     */
    public Answer get(String url, Predicate<String> hosts, Function<Answer, Optional<String>> onward)
            throws IOException {
        var deadline = System.nanoTime() + time.toNanos();
        var next = Optional.of(url);
        Answer answer = null;
        for (var hop = 0; next.isPresent(); hop++) {
            if (hop > MAX_REDIRECTS) {
                throw new IOException("it was redirected more than " + MAX_REDIRECTS + " times");
            }
            answer = get(checked(next.get(), hosts), deadline);
            next = onward.apply(answer);
        }
        return answer;
    }

    /**
     * Posts to an address; a redirect is answered, not followed.
     *
     * @param hosts which hosts may be asked; the sandbox's is not asked for
     * @throws IOException saying what was not allowed, or what failed
     */
    public Answer post(String url, String contentType, byte[] body, Predicate<String> hosts) throws IOException {
        var request = new HttpPost(url);
        request.setEntity(new ByteArrayEntity(body, ContentType.parse(contentType)));
        request.setHeader("Accept", "application/json");
        var deadline = System.nanoTime() + time.toNanos();
        return isSandbox(url)
                ? exchange(
                        sandboxClient,
                        new HttpHost("http", sandbox.getHost(), sandbox.getPort()),
                        URI.create(url),
                        request,
                        deadline)
                : exchange(checked(url, hosts), request, deadline);
    }

    /** Whether an address is at the sandbox's very origin. */
    private boolean isSandbox(String url) {
        if (sandbox == null || !url.startsWith("http://")) {
            return false;
        }
        var uri = URI.create(url);
        return sandbox.getHost().equals(uri.getHost())
                && sandbox.getPort() == uri.getPort()
                && uri.getRawUserInfo() == null;
    }

    private static URI checked(String url, Predicate<String> hosts) throws IOException {
        try {
            var uri = new URI(url);
            if (!"https".equals(uri.getScheme())
                    || uri.getHost() == null
                    || uri.getRawUserInfo() != null
                    || (uri.getPort() != -1 && uri.getPort() != 443)) {
                throw new IOException("it leads to an address that is not plain https");
            }
            if (!hosts.test(uri.getHost())) {
                throw new IOException("it leads to " + uri.getHost() + ", which is not asked");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new IOException("it leads to something that is no address", e);
        }
    }

    private Answer get(URI uri, long deadline) throws IOException {
        var request = new HttpGet(uri);
        request.setHeader("Accept", "text/html,image/jpeg,image/png,image/webp;q=0.9,*/*;q=0.1");
        return exchange(uri, request, deadline);
    }

    private Answer exchange(URI uri, HttpUriRequestBase request, long deadline) throws IOException {
        return exchange(client, new HttpHost("https", uri.getHost(), port), uri, request, deadline);
    }

    private Answer exchange(
            CloseableHttpClient through, HttpHost host, URI uri, HttpUriRequestBase request, long deadline)
            throws IOException {
        Future<Answer> exchange =
                exchanges.submit(() -> through.execute(host, request, response -> read(uri, response)));
        try {
            return exchange.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            request.cancel();
            throw new IOException("it took longer than " + time.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            request.cancel();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() instanceof UnknownHostException
                            ? e.getCause().getMessage()
                            : uri.getHost() + " could not be asked: "
                                    + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    private static Answer read(URI uri, ClassicHttpResponse response) throws IOException {
        var body = new byte[0];
        if (response.getEntity() != null) {
            try (var in = response.getEntity().getContent()) {
                body = in.readNBytes(MAX_BYTES + 1);
            }
            if (body.length > MAX_BYTES) {
                throw new IOException("the answer is larger than " + (MAX_BYTES >> 20) + " MB");
            }
        }
        var status = response.getCode();
        var location = response.getFirstHeader("Location");
        return new Answer(
                uri.toString(),
                status,
                status >= 300 && status < 400 && location != null ? absolute(uri, location.getValue()) : null,
                body);
    }

    private static String absolute(URI from, String location) throws IOException {
        try {
            return from.resolve(location).toString();
        } catch (IllegalArgumentException e) {
            throw new IOException("it redirects to something that is no address", e);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        if (sandboxClient != null) {
            sandboxClient.close();
        }
        exchanges.shutdownNow();
    }

    /** Hands out only addresses that may be connected to; the connection is made to what this answers. */
    private record CheckedResolver(Network network) implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            var addresses = network.resolver().resolve(host);
            for (var address : addresses) {
                if (!network.reachable().test(address)) {
                    throw new UnknownHostException(host + " has an address that is not public");
                }
            }
            return addresses;
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
