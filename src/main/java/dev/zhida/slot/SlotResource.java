package dev.zhida.slot;

import dev.zhida.identity.Role;
import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.ReportTable;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.problem.Refusal;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

@Path("/api/v1/marketplace-accounts")
@Tag(name = "Marketplace accounts", description = "Accounts and their slot pools.")
class SlotResource {

    private final Slots slots;
    private final SlotLevels levels;
    private final Connections connections;
    private final Clock clock;

    SlotResource(Slots slots, SlotLevels levels, Connections connections, Clock clock) {
        this.connections = connections;
        this.slots = slots;
        this.levels = levels;
        this.clock = clock;
    }

    record CreateAccount(
            @NotNull Marketplace marketplace,
            @NotBlank @Size(max = 100) String name,

            @Min(0)
            @Max(100)
            @Schema(
                    description =
                            "Of every hundred slots so many are kept to be shared when the others are used up; 5.")
            Integer sharedPercent,

            @Pattern(regexp = "[0-9A-Za-z_]{1,100}")
            @Schema(description = "What links carry where slots are something else than PIDs: PDD, Douyin, JD.")
            String pid) {}

    record AccountView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String name,
            @Schema(required = true) int sharedPercent,
            String pid,

            @Schema(description = "Why its connection cannot be used, and what to do; absent if it can, or has none.")
            String problem) {

        static AccountView of(Slots.Account account, String problem) {
            return new AccountView(
                    account.id(),
                    account.marketplace(),
                    account.name(),
                    account.sharedPercent(),
                    account.pid(),
                    problem);
        }
    }

    record AccountsView(
            @Schema(required = true) List<AccountView> items,
            @Schema(required = true) Instant dataTo) {}

    @Schema(description = "Slots of the kinds that the account's marketplace has.")
    record AddSlots(
            @Size(max = 100_000) @Schema(description = "Taobao PIDs like mm_1_2_3.")
            List<@NotBlank @Size(max = 64) String> pids,

            @Size(max = 100_000) @Schema(description = "Taobao relation ids (渠道ID).")
            List<@NotBlank @Size(max = 20) String> relationIds,

            @Size(max = 100_000) @Schema(description = "JD positions; an account without them leases free sub-ids.")
            List<@NotBlank @Size(max = 20) String> positions) {}

    record AddedSlotsView(
            @Schema(required = true, description = "Those that were new.")
            int added,

            @Schema(required = true, description = "Those that were there already.")
            int unchanged) {}

    record RefusedSlotView(
            @Schema(required = true, description = "As a person counts in the file, from 1.")
            int row,

            @Schema(required = true) String column,
            @Schema(required = true) String reason) {}

    record ImportedSlotsView(
            @Schema(required = true, description = "Those that were new.")
            int added,

            @Schema(required = true, description = "Those that were there already.")
            int unchanged,

            @Schema(required = true) List<RefusedSlotView> refused) {}

    record PoolView(
            @Schema(required = true) SlotKind kind,
            @Schema(required = true) long total,

            @Schema(required = true, description = "Held by one placement, or not free yet after one.")
            long leased,

            @Schema(required = true, description = "Can be leased to one placement now.")
            long free,

            @Schema(required = true, description = "Kept to be shared when the others are used up.")
            long shared,

            @Schema(required = true, description = "Those of them that somebody holds.")
            long sharedHeld,

            @Schema(required = true, description = "Free again within 7 days.")
            long endingSoon,

            @Schema(required = true, description = "Leases that began in the last 7 days.")
            long leasedInWeek,

            @Schema(description = "How many days the free ones last at that pace; absent if none was leased.")
            Long daysLeft,

            @Schema(required = true, description = "Add slots now.")
            boolean alarm) {

        static PoolView of(SlotLevels.Level level) {
            return new PoolView(
                    level.pool().kind(),
                    level.total(),
                    level.leased(),
                    level.free(),
                    level.shared(),
                    level.sharedHeld(),
                    level.endingSoon(),
                    level.leasedInWeek(),
                    level.daysLeft(),
                    level.alarm());
        }
    }

    record PoolsView(
            @Schema(required = true) AccountView account,

            @Schema(required = true, description = "One for each kind of slots that runs out; made-up ones do not.")
            List<PoolView> pools,

            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listMarketplaceAccounts", summary = "All marketplace accounts, the oldest first")
    public AccountsView list() {
        var at = clock.instant();
        var problems = connections.problems();
        return new AccountsView(
                slots.accounts().stream()
                        .map(account -> AccountView.of(account, problems.get(account.id())))
                        .toList(),
                at);
    }

    @POST
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(operationId = "createMarketplaceAccount", summary = "Add a marketplace account")
    public AccountView create(@NotNull @Valid CreateAccount request) {
        if (request.marketplace() == Marketplace.XIANYU) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "no-affiliate-programme", "XIANYU has no affiliate programme: links only");
        }
        var shared = request.sharedPercent() == null ? Slots.DEFAULT_SHARED_PERCENT : request.sharedPercent();
        return AccountView.of(
                slots.addAccount(request.marketplace(), request.name().strip(), shared, request.pid()), null);
    }

    @GET
    @Path("/{id}/slots")
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getSlotPools", summary = "How full an account's pools are and how long they last")
    public PoolsView pools(@PathParam("id") UUID id) {
        var at = clock.instant();
        return new PoolsView(
                AccountView.of(slots.account(id), connections.problems().get(id)),
                levels.levels(id, at).stream().map(PoolView::of).toList(),
                at);
    }

    @POST
    @Path("/{id}/slots")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(operationId = "addSlots", summary = "Add slots to an account's pools")
    public AddedSlotsView add(@PathParam("id") UUID id, @NotNull @Valid AddSlots request) {
        slots.account(id);
        var added = 0;
        var given = 0;
        for (var part : List.of(
                new Part(SlotKind.TAOBAO_PID, request.pids()),
                new Part(SlotKind.TAOBAO_RELATION, request.relationIds()),
                new Part(SlotKind.JD_POSITION, request.positions()))) {
            if (part.values() != null && !part.values().isEmpty()) {
                added += slots.add(id, part.kind(), part.values());
                given += (int)
                        part.values().stream().map(String::strip).distinct().count();
            }
        }
        if (given == 0) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "no-slots-given", "give pids or relationIds (Taobao), or positions (JD)");
        }
        return new AddedSlotsView(added, given - added);
    }

    private record Part(SlotKind kind, List<String> values) {}

    @POST
    @Path("/{id}/slots/csv")
    @Blocking
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "importPids",
            summary = "Add Taobao PIDs from a table",
            description = "A csv, xls or xlsx file with a column `pid`, or with PIDs in its first column.")
    public ImportedSlotsView importPids(
            @PathParam("id") UUID id, @RestForm("file") @Schema(description = "The table.") FileUpload file) {
        if (file == null) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "invalid-request",
                    "some fields are not as they should be: see errors",
                    List.of(new Refusal.FieldError("file", "send the table as the part `file` of a multipart form")));
        }
        slots.account(id);
        var pids = new ArrayList<String>();
        var refused = new ArrayList<RefusedSlotView>();
        var column = new int[1];
        ReportTable.read(file.uploadedFile(), (number, cells) -> {
            var named = cells.stream()
                    .map(cell -> cell.strip().toLowerCase(Locale.ROOT))
                    .toList()
                    .indexOf("pid");
            if (number == 1 && named >= 0) {
                column[0] = named;
            } else if (!cells.isEmpty()) {
                var pid = cells.size() > column[0] ? cells.get(column[0]).strip() : "";
                try {
                    Slots.orderKey(SlotKind.TAOBAO_PID, pid);
                    pids.add(pid);
                } catch (Refusal malformed) {
                    refused.add(new RefusedSlotView(number, "pid", malformed.getMessage()));
                }
            }
        });
        var added = slots.addTaobaoPids(id, pids);
        return new ImportedSlotsView(added, (int) pids.stream().distinct().count() - added, refused);
    }
}
