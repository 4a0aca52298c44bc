package dev.zhida;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** A database of its own on the server of the tests: for those that lock months, which stay locked for
 * everybody, or that count what all accounts have. */
public final class OwnDatabase implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        var database = TestDatabase.address().another();
        return Map.of(
                "quarkus.datasource.jdbc.url", database.url(),
                "quarkus.datasource.username", database.user(),
                "quarkus.datasource.password", database.password(),
                "zhida.data", "target/test-data-own");
    }

    @Override
    public void stop() {
        // It ends with the server.
    }
}
