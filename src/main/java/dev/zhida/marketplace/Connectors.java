package dev.zhida.marketplace;

import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The connectors, one per interface that a marketplace has. */
@ApplicationScoped
public class Connectors {

    private final List<Connector> all;

    public Connectors(@All List<Connector> all) {
        this.all = List.copyOf(all);
    }

    public List<Connector> all() {
        return all;
    }

    /** The connector that speaks to the account of a connection. */
    public Connector of(Connection connection) {
        return all.stream()
                .filter(connector -> connector.serves(connection))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no connector for " + connection));
    }
}
