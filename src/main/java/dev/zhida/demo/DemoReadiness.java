package dev.zhida.demo;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** A demo is ready when its data is there. */
@Readiness
@ApplicationScoped
class DemoReadiness implements HealthCheck {

    private final DemoData data;

    DemoReadiness(DemoData data) {
        this.data = data;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("demo-data").status(data.ready()).build();
    }
}
