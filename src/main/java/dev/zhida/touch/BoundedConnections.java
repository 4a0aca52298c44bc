package dev.zhida.touch;

import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections of the touch log's own, outside of the pool: they answer or fail within a bounded time, which a long
 * report must not, and are there when everybody else waits for one.
 */
final class BoundedConnections extends PGSimpleDataSource {

    private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(2);

    /** A part of the spool takes less even on a busy machine. */
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

    BoundedConnections(String url, String user, String password) {
        setURL(url);
        setUser(user);
        setPassword(password);
        setConnectTimeout(Math.toIntExact(CONNECTS_WITHIN.toSeconds()));
        setSocketTimeout(Math.toIntExact(ANSWERS_WITHIN.toSeconds()));
        setTcpKeepAlive(true);
        // Whatever the server's or the role's default is: an answered touch must not be lost.
        setOptions("-c synchronous_commit=on");
        setApplicationName("zhida-touch");
    }
}
