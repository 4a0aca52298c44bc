package dev.zhida.identity;

import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;

/**
 * Lets the first operator in: where nobody is known yet, a person {@code operator} is made whose API key stands in
 * the file {@code operator-key} of the data folder, readable by its owner only.
 */
@ApplicationScoped
class FirstOperator {

    private final People people;
    private final Jdbi jdbi;
    private final Path data;
    private final boolean demo;

    FirstOperator(
            People people,
            Jdbi jdbi,
            @ConfigProperty(name = "zhida.data") String data,
            @ConfigProperty(name = "zhida.demo") boolean demo) {
        this.people = people;
        this.jdbi = jdbi;
        this.data = Path.of(data);
        this.demo = demo;
    }

    void start(@Observes @Priority(10) StartupEvent event) throws IOException {
        if (demo || anybody()) {
            return;
        }
        people.addFirstOperator(key(data));
        Log.infof(
                "nobody is known yet: the API key of `operator` stands in %s",
                file(data).toAbsolutePath());
    }

    private boolean anybody() {
        return jdbi.withHandle(handle -> handle.createQuery("select exists (select from person)")
                .mapTo(Boolean.class)
                .one());
    }

    private static Path file(Path data) {
        return data.resolve("operator-key");
    }

    /** The key in the file, as of a start that was killed before it had made the person; else a new one, written there. */
    static String key(Path data) throws IOException {
        var file = file(data);
        var known = Files.exists(file) ? Files.readString(file).strip() : "";
        if (!known.isEmpty()) {
            return known;
        }
        var key = ApiKeys.create();
        Files.createDirectories(data);
        var fresh = data.resolve("operator-key.new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, key + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        // Renamed when complete: nobody is made whose key stands nowhere.
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return key;
    }
}
