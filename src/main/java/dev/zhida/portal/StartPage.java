package dev.zhida.portal;

import dev.zhida.demo.DemoAccounts;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** {@code /}: what this is, who can look around in the demo, and where the API is described. */
@Path("/")
class StartPage {

    private final boolean demo;

    StartPage(@ConfigProperty(name = "zhida.demo") boolean demo) {
        this.demo = demo;
    }

    @CheckedTemplate(basePath = "portal", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    static final class Templates {
        private Templates() {}

        static native TemplateInstance start(List<DemoAccounts.Account> accounts);
    }

    @GET
    @Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
    @Operation(hidden = true)
    public TemplateInstance start() {
        return Templates.start(demo ? DemoAccounts.ALL : List.of());
    }
}
