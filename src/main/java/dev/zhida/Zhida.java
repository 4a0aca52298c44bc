package dev.zhida;

import dev.zhida.database.DatabaseUnavailable;
import dev.zhida.database.EmbeddedPostgres;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.ConfigProvider;

/** Starts Zhida: with the PostgreSQL that is configured, else with one of its own. */
@QuarkusMain
public final class Zhida {

    private static final Duration APPLICATION_STOPS_WITHIN = Duration.ofSeconds(60);

    private Zhida() {}

    public static void main(String... args) {
        var config = ConfigProvider.getConfig();
        if (config.getOptionalValue("quarkus.datasource.jdbc.url", String.class).isPresent()) {
            Quarkus.run(args);
            return;
        }
        loadTheApplication();
        EmbeddedPostgres server;
        try {
            server = EmbeddedPostgres.start(
                    Path.of(config.getOptionalValue("zhida.data", String.class).orElse("data")));
        } catch (DatabaseUnavailable e) {
            System.err.println("zhida: " + e.getMessage());
            System.exit(1);
            return;
        }
        // The server is stopped after everything that uses it, on every way out: the hook waits for the application.
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                stopped.await(APPLICATION_STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            server.close();
        }));
        System.setProperty("quarkus.datasource.jdbc.url", server.jdbcUrl());
        System.setProperty("quarkus.datasource.username", server.user());
        System.setProperty("quarkus.datasource.password", server.password());
        Quarkus.run(
                null,
                (exitCode, problem) -> {
                    stopped.countDown();
                    // Where a signal began the shutdown this waits for ever, which does no harm; else it begins it.
                    System.exit(exitCode);
                },
                args);
    }

    /** Loads what needs no database while the server starts: on two cores that saves half a second. */
    private static void loadTheApplication() {
        Thread.ofPlatform().daemon().name("load").start(() -> {
            try {
                Class.forName("io.quarkus.runner.ApplicationImpl");
            } catch (ClassNotFoundException | LinkageError e) {
                // Whatever is wrong shows again, with its reason, when the application is started.
                System.getLogger(Zhida.class.getName()).log(System.Logger.Level.DEBUG, "not loaded ahead", e);
            }
        });
    }
}
