package dev.zhida.marketplace;

import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** What a marketplace can be asked for, whichever of its interfaces an account has. */
    Set<Feed> feeds(Marketplace marketplace) {
        return all.stream()
                .filter(connector -> connector.marketplace() == marketplace)
                .flatMap(connector -> connector.feeds().stream())
                .collect(Collectors.toSet());
    }

    /** The connector that speaks to the account of a connection. */
    public Connector of(Connection connection) {
        return all.stream()
                .filter(connector -> connector.serves(connection))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no connector for " + connection));
    }
}
