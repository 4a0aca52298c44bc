package dev.zhida.link;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1")
@Tag(name = "Links")
class NativeTokenResource {

    private final NativeTokens tokens;
    private final LinkKits kits;
    private final CurrentCaller caller;
    private final Clock clock;

    NativeTokenResource(NativeTokens tokens, LinkKits kits, CurrentCaller caller, Clock clock) {
        this.tokens = tokens;
        this.kits = kits;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(description = "A live post whose native token needs attention.")
    record NativeTokenPostView(
            @Schema(required = true) String code,
            @Schema(required = true) Platform platform,
            @Schema(required = true) Scene scene,
            @Schema(required = true) String label,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) NativeTokens.State state,

            @Schema(description = "The token that is posted; absent if there is none.")
            String text,

            @Schema(description = "When it stops or stopped to work.")
            Instant expiresAt) {

        static NativeTokenPostView of(NativeTokens.Post post) {
            var place = post.placement().place();
            var token = post.token();
            return new NativeTokenPostView(
                    post.placement().code(),
                    place.platform(),
                    place.scene(),
                    place.label(),
                    post.marketplace(),
                    post.state(),
                    token == null ? null : token.text(),
                    token == null ? null : token.expiresAt());
        }
    }

    @Schema(name = "NativeTokenVersion")
    record VersionView(
            @Schema(required = true) String text,

            @Schema(description = "The form for apps that do not take the short one.")
            String longText,

            @Schema(required = true) Instant madeAt,
            @Schema(required = true) Instant expiresAt,

            @Schema(description = "When a newer one took its place; absent while none has.")
            Instant endedAt) {

        static VersionView of(NativeToken token) {
            return new VersionView(token.text(), token.longText(), token.madeAt(), token.expiresAt(), token.endedAt());
        }
    }

    record NativeTokenHistoryView(
            @Schema(required = true) List<VersionView> items,
            @Schema(required = true) Instant dataTo) {}

    @Schema(description = "A token as the marketplace made it; it is delivered without a change.")
    record EnterNativeToken(
            @NotBlank @Size(max = 200) String text,

            @Size(min = 1, max = 2_000) @Schema(description = "The form with a number and a short link around it.")
            String longText,

            @Schema(description = "When the marketplace made it; now if left out. Its life counts from then.")
            Instant madeAt) {}

    @GET
    @Path("/native-tokens")
    @RolesAllowed({Role.CREATOR_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listNativeTokenPosts",
            summary = "Live posts that hold a dead native token, one that dies soon, or none",
            description = "Newest placement first. A creator sees her own.")
    public Page<NativeTokenPostView> posts(
            @QueryParam("state") @Parameter(description = "One of them; all if left out.") NativeTokens.State state,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var posts = tokens.posts(
                state == null ? List.of(NativeTokens.State.values()) : List.of(state),
                caller.get().scope(),
                Page.position(cursor, Long::valueOf),
                limit + 1);
        var page = Page.of(posts, limit, post -> post.placement().id(), at);
        return new Page<>(page.items().stream().map(NativeTokenPostView::of).toList(), page.next(), page.dataTo());
    }

    @GET
    @Path("/placements/{code}/native-tokens")
    @RolesAllowed({Role.CREATOR_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listNativeTokens",
            summary = "The native tokens that a placement has and had, newest first")
    public NativeTokenHistoryView history(@PathParam("code") String code) {
        var at = clock.instant();
        var placement = kits.placement(code, caller.get().scope()).placement();
        return new NativeTokenHistoryView(
                tokens.history(placement.id()).stream().map(VersionView::of).toList(), at);
    }

    @POST
    @Path("/placements/{code}/native-tokens")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "enterNativeToken",
            summary = "Enter a native token by hand",
            description = "Takes the place of the one that the placement has. Make it from the placement's own link, "
                    + "or its orders name another slot.")
    public VersionView enter(@PathParam("code") String code, @NotNull @Valid EnterNativeToken request) {
        var placement = kits.placement(code, caller.get().scope()).placement();
        return VersionView.of(tokens.put(
                placement.id(),
                request.text(),
                request.longText(),
                request.madeAt() == null ? clock.instant() : request.madeAt(),
                null,
                caller.get().personId()));
    }
}
