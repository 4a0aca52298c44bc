package dev.zhida;

import dev.zhida.database.EmbeddedPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The PostgreSQL of the tests, one for all of them: embedded, as the application has it, or in a container with
 * {@code -Dzhida.test.db=testcontainers}.
 */
public final class TestDatabase implements QuarkusTestResourceLifecycleManager {

    /** How to reach it. */
    public record Address(String url, String user, String password) {

        /** A database of its own on the same server, with the schema; for tests that lock or close it. */
        public Address another() {
            return another("latest");
        }

        /** A database of its own, with the schema up to a version. */
        public Address another(String version) {
            var name = "test_" + UUID.randomUUID().toString().replace("-", "");
            execute("create database " + name);
            var other = new Address(url.replaceFirst("/zhida(\\?|$)", "/" + name + "$1"), user, password);
            other.migrate(version);
            return other;
        }

        /** Brings the schema up to a version, or {@code latest}. */
        public void migrate(String version) {
            Flyway.configure()
                    .dataSource(dataSource())
                    .locations("classpath:migrations")
                    .target(version)
                    .load()
                    .migrate();
        }

        public String database() {
            return url.replaceFirst(".*/([^/?]+).*", "$1");
        }

        /** Runs a statement on a connection of its own. */
        public void execute(String sql) {
            try (var connection = dataSource().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Connections without a pool. */
        public PGSimpleDataSource dataSource() {
            var source = new PGSimpleDataSource();
            source.setURL(url);
            source.setUser(user);
            source.setPassword(password);
            return source;
        }
    }

    private static Address shared;
    private static RuntimeException failed;

    /** The address of the one database; the first caller starts it. Its schema is up to date. */
    public static synchronized Address address() {
        if (failed != null) {
            throw failed;
        }
        if (shared == null) {
            shared = "testcontainers".equals(System.getProperty("zhida.test.db")) ? container() : embedded();
            shared.migrate("latest");
        }
        return shared;
    }

    private static Address embedded() {
        var server = EmbeddedPostgres.start(
                Path.of("target", "test-database", UUID.randomUUID().toString()));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return new Address(server.jdbcUrl(), server.user(), server.password());
    }

    private static Address container() {
        var image = DockerImageName.parse(System.getProperty("zhida.test.image", "postgres:18"));
        @SuppressWarnings("resource") // Lives as long as the tests.
        var server = new PostgreSQLContainer(image).withDatabaseName("zhida");
        try {
            server.start();
        } catch (RuntimeException e) {
            // Not tried again by every test: each try takes its time.
            failed = e;
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
        return new Address(server.getJdbcUrl(), server.getUsername(), server.getPassword());
    }

    @Override
    public Map<String, String> start() {
        var database = address();
        return Map.of(
                "quarkus.datasource.jdbc.url", database.url(),
                "quarkus.datasource.username", database.user(),
                "quarkus.datasource.password", database.password(),
                "zhida.data", "target/test-data");
    }

    @Override
    public void stop() {
        // It is shared; it ends with the process.
    }
}
