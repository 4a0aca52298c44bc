package dev.zhida.edge;

import dev.zhida.link.LiveLinks;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** A node takes fans when it knows its links: a cold one would ask the database for each of them. */
@Readiness
@ApplicationScoped
class LinksReadiness implements HealthCheck {

    private final LiveLinks links;

    LinksReadiness(LiveLinks links) {
        this.links = links;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("links").status(links.warm()).build();
    }
}
