package dev.zhida.touch;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Says whether touches go to PostgreSQL or to the spool. Always up: fans are served either way. */
@Readiness
@ApplicationScoped
class TouchLogReadiness implements HealthCheck {

    private final TouchLog log;

    TouchLogReadiness(TouchLog log) {
        this.log = log;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("touch-log")
                .withData("touch-log", log.condition())
                .up()
                .build();
    }
}
