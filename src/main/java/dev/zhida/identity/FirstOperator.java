package dev.zhida.identity;

import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
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
        var file = data.resolve("operator-key");
        Files.createDirectories(data);
        var key = existing(file).orElseGet(ApiKeys::create);
        if (!Files.exists(file)) {
            try {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } catch (FileAlreadyExistsException e) {
                Log.debug("another node made the key", e);
            }
            Files.writeString(file, key + "\n");
        }
        people.addFirstOperator(key);
        Log.infof("nobody is known yet: the API key of `operator` stands in %s", file.toAbsolutePath());
    }

    private boolean anybody() {
        return jdbi.withHandle(handle -> handle.createQuery("select exists (select from person)")
                .mapTo(Boolean.class)
                .one());
    }

    /** The key of a start that was killed before it had made the person. */
    private static Optional<String> existing(Path file) throws IOException {
        return Files.exists(file)
                ? Optional.of(Files.readString(file).strip()).filter(k -> !k.isEmpty())
                : Optional.empty();
    }
}
