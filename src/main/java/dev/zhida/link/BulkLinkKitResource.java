package dev.zhida.link;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.ReportTable;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Idempotency;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

@Path("/api/v1")
@Tag(name = "Links")
class BulkLinkKitResource {

    private static final int MAX_PRODUCTS = 200;
    private static final String KEY_IS = "The same key with the same request gives the same answer for a day.";

    private final LinkKits kits;
    private final LinkKitResource views;
    private final CurrentCaller caller;
    private final Idempotency idempotency;

    BulkLinkKitResource(LinkKits kits, LinkKitResource views, CurrentCaller caller, Idempotency idempotency) {
        this.kits = kits;
        this.views = views;
        this.caller = caller;
        this.idempotency = idempotency;
    }

    record BulkProduct(
            @NotBlank
            @Size(max = 10_000)
            @Schema(description = "An item's link, a pasted share text with one, or a bare item id.")
            String product,

            @Schema(description = "Needed for a bare item id.")
            Marketplace marketplace) {}

    @Schema(description = "The same channels and media for each of several products.")
    record CreateLinkKits(
            @NotEmpty @Size(max = MAX_PRODUCTS) List<@NotNull @Valid BulkProduct> products,

            @NotEmpty @Size(max = 50) @Schema(description = "Where it will be posted.")
            List<LinkKitResource.@NotNull @Valid Channel> channels,

            @Size(max = 4) @Schema(description = "In which forms; LINK and TOKEN if none are named.")
            List<@NotNull Medium> media,

            @Schema(description = "A campaign that the creator is invited to.")
            UUID campaignId,

            @Schema(description = "When the placements end; they do not if it is left out.")
            Instant expiresAt) {}

    @Schema(description = "A kit, or why there is none.")
    record BulkResultView(
            @Schema(required = true, description = "As it was asked for.")
            String product,

            @Schema(description = "Absent if it was refused.")
            LinkKitResource.LinkKitView kit,

            @Schema(description = "The stable name of the refusal; absent if there is a kit.")
            String code,

            @Schema(description = "What was recognised and what is missing; absent if there is a kit.")
            String detail) {}

    record BulkOutcomeView(
            @Schema(required = true) int made,
            @Schema(required = true) int refused,

            @Schema(required = true, description = "One for each product, in their order.")
            List<BulkResultView> results) {}

    @Schema(name = "KitRefusedRow")
    record RefusedRowView(
            @Schema(required = true, description = "As a person counts in the file, from 1.")
            int row,

            @Schema(required = true, description = "The column's name.")
            String column,

            @Schema(required = true) String reason) {}

    record SheetOutcomeView(
            @Schema(required = true, description = "Rows that have their placements now.")
            int accepted,

            @Schema(required = true) List<RefusedRowView> refused,

            @Schema(required = true, description = "One for each product, in the order of the file.")
            List<LinkKitResource.LinkKitView> kits) {}

    @POST
    @Path("/link-kits/bulk")
    @RolesAllowed(Role.CREATOR_ROLE)
    @Operation(
            operationId = "createLinkKits",
            summary = "Make links and tokens for up to 200 items",
            description = "A product that is refused does not keep the others from being made.")
    public BulkOutcomeView create(
            @HeaderParam(Idempotency.HEADER) @Parameter(description = KEY_IS) String key,
            @NotNull @Valid CreateLinkKits request) {
        var places = LinkKitResource.places(request.channels(), request.media());
        var batch = new LinkKits.Batch(
                caller.get().creator(),
                request.campaignId(),
                request.expiresAt(),
                request.products().stream()
                        .map(p -> new LinkKits.Batch.Item(p.product(), p.marketplace(), places))
                        .toList());
        return idempotency.once(
                caller.get().personId(), key, "createLinkKits", request, BulkOutcomeView.class, () -> outcome(batch));
    }

    private BulkOutcomeView outcome(LinkKits.Batch batch) {
        var results = new ArrayList<BulkResultView>();
        var items = batch.items().iterator();
        var outcomes = kits.createAll(batch);
        var views = viewsOfMade(outcomes).iterator();
        for (var outcome : outcomes) {
            var product = items.next().product();
            results.add(
                    switch (outcome) {
                        case LinkKits.Result.Made made -> new BulkResultView(product, views.next(), null, null);
                        case LinkKits.Result.Refused(var refusal) ->
                            new BulkResultView(product, null, refusal.code(), refusal.getMessage());
                    });
        }
        var made = (int) results.stream().filter(result -> result.kit() != null).count();
        return new BulkOutcomeView(made, results.size() - made, results);
    }

    @POST
    @Path("/link-kits/csv")
    @Blocking
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @RolesAllowed(Role.CREATOR_ROLE)
    @Operation(
            operationId = "createLinkKitsFromFile",
            summary = "Make links and tokens from a table",
            description = "A csv, xls or xlsx file of at most 2,000 rows with the columns product, platform, scene and,"
                    + " if wanted, marketplace, label, medium (several with a space between; LINK and TOKEN if empty)."
                    + " The same file twice gives the same placements.")
    public SheetOutcomeView create(
            @HeaderParam(Idempotency.HEADER) @Parameter(description = KEY_IS) String key,
            @RestForm("file") @Schema(description = "The table.") FileUpload file,
            @RestForm @Schema(description = "A campaign that the creator is invited to.", format = "uuid")
                    String campaignId) {
        if (file == null) {
            throw invalid("file", "send the table as the part `file` of a multipart form");
        }
        var creator = caller.get().creator();
        var campaign = campaign(campaignId);
        return idempotency.once(
                caller.get().personId(),
                key,
                "createLinkKitsFromFile",
                List.of(ReportTable.sha256(file.uploadedFile()), String.valueOf(campaign)),
                SheetOutcomeView.class,
                () -> outcome(KitSheet.read(file.uploadedFile()), creator, campaign));
    }

    private SheetOutcomeView outcome(KitSheet sheet, UUID creator, UUID campaign) {
        var refused = new ArrayList<>(sheet.refused());
        var products = sheet.products();
        var results = kits.createAll(new LinkKits.Batch(
                creator,
                campaign,
                null,
                products.stream().map(KitSheet.Product::item).toList()));
        for (var i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof LinkKits.Result.Refused(var refusal)) {
                products.get(i)
                        .rows()
                        .forEach(row -> refused.add(new KitSheet.RefusedRow(
                                row, KitSheet.Column.PRODUCT.names().getFirst(), refusal.getMessage())));
            }
        }
        return new SheetOutcomeView(
                sheet.rows() - refused.size(),
                refused.stream()
                        .sorted(Comparator.comparingInt(KitSheet.RefusedRow::row))
                        .map(row -> new RefusedRowView(row.row(), row.column(), row.reason()))
                        .toList(),
                viewsOfMade(results));
    }

    /** The kits among the results, in their order. */
    private List<LinkKitResource.LinkKitView> viewsOfMade(List<LinkKits.Result> results) {
        return views.viewsOfMade(results.stream()
                .filter(LinkKits.Result.Made.class::isInstance)
                .map(LinkKits.Result.Made.class::cast)
                .toList());
    }

    private static UUID campaign(String text) {
        try {
            return text == null || text.isBlank() ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw invalid("campaignId", "the id of a campaign, or nothing");
        }
    }

    private static Refusal invalid(String field, String reason) {
        return new Refusal(
                Refusal.Kind.INVALID,
                "invalid-request",
                "some fields are not as they should be: see errors",
                List.of(new Refusal.FieldError(field, reason)));
    }
}
