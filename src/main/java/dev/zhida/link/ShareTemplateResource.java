package dev.zhida.link;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/share-templates")
@Tag(name = "Links")
class ShareTemplateResource {

    private final ShareTemplates templates;
    private final CurrentCaller caller;
    private final Clock clock;

    ShareTemplateResource(ShareTemplates templates, CurrentCaller caller, Clock clock) {
        this.templates = templates;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "ShareTemplate", description = "The words to post at a place.")
    record TemplateView(
            @Schema(description = "Any, if left out.") Platform platform,

            @Schema(description = "Any, if left out.") Scene scene,

            @NotNull @Schema(required = true) Medium medium,

            @NotBlank
            @Size(max = 1_000)
            @Schema(
                    required = true,
                    description = "May name {title}, {price}, {priceAfterCoupon}, {coupon}, {url}, {token}, {pasteAt}, "
                            + "{nativeToken} and {app}. A line that names what is not known of an offer is left out.",
                    examples = "{title}\n到手价 {priceAfterCoupon} 元\n{url}")
            String text) {

        static TemplateView of(ShareTemplate template) {
            return new TemplateView(template.platform(), template.scene(), template.medium(), template.text());
        }
    }

    record TemplatesView(
            @Schema(required = true) List<TemplateView> items,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listShareTemplates",
            summary = "The templates of share texts, the most specific ones first",
            description = "Of those for a place the first one of this list counts.")
    public TemplatesView list() {
        return new TemplatesView(templates.all().stream().map(TemplateView::of).toList(), clock.instant());
    }

    @PUT
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "putShareTemplate",
            summary = "Change the template of a place, or add one",
            description = "Posts that are out there stay as they are; what is fetched from now on has the new words.")
    public TemplateView put(@NotNull @Valid TemplateView request) {
        var template = new ShareTemplate(
                request.platform(),
                request.scene(),
                request.medium(),
                request.text().strip());
        templates.put(template, caller.get().personId());
        return TemplateView.of(template);
    }
}
