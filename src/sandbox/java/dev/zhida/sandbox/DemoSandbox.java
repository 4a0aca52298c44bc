package dev.zhida.sandbox;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts the sandbox within the demo, where the demo looks for it. It is packaged with the demo alone. */
@ApplicationScoped
class DemoSandbox {

    private static final System.Logger LOG = System.getLogger(DemoSandbox.class.getName());

    private final boolean wanted;
    private final Optional<URI> where;
    private Sandbox sandbox;

    DemoSandbox(
            @ConfigProperty(name = "zhida.demo") boolean wanted,
            @ConfigProperty(name = "zhida.marketplace.sandbox") Optional<URI> where) {
        this.wanted = wanted;
        this.where = where;
    }

    void start(@Observes StartupEvent event) {
        if (!wanted || where.isEmpty() || where.get().getPort() < 0) {
            return;
        }
        try {
            sandbox = Sandbox.start(Sandbox.Options.now().onPort(where.get().getPort()));
            LOG.log(Level.INFO, "the sandbox marketplace answers at " + sandbox.url());
        } catch (IOException e) {
            // The demo is worth having without it.
            LOG.log(Level.WARNING, "no sandbox marketplace at " + where.get() + ": is the port taken?", e);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (sandbox != null) {
            sandbox.close();
        }
    }
}
