package dev.zhida.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/people")
@Tag(name = "People", description = "Who may do what.")
class PeopleResource {

    private final People people;
    private final CurrentCaller caller;
    private final Clock clock;

    PeopleResource(People people, CurrentCaller caller, Clock clock) {
        this.people = people;
        this.caller = caller;
        this.clock = clock;
    }

    record CreatePerson(
            @NotNull
            @Pattern(regexp = "[a-z0-9][a-z0-9._-]{1,62}", message = "is 2 to 63 of a-z, 0-9, dot, dash and underscore")
            String login,

            @NotBlank @Size(max = 100) String displayName,
            @NotNull Role role,

            @Size(max = 100)
            @Schema(description = "For the role CREATOR: the name of a new creator that this person acts for.")
            String creatorName,

            @Schema(description = "For the role CREATOR: an existing creator instead.")
            UUID creatorId,

            @Schema(description = "For the role BRAND: the brand that this person acts for.")
            UUID brandId) {}

    record NewPersonView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String login,
            @Schema(required = true) Role role,

            @Schema(description = "The creator this person acts for.")
            UUID creatorId,

            @Schema(required = true, description = "Shown this once; keep it.")
            String apiKey) {}

    @Schema(name = "ApiKey")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record KeyView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String name,
            @Schema(required = true) Instant createdAt,

            @Schema(nullable = true, description = "Since when it opens nothing.")
            Instant revokedAt) {

        static KeyView of(People.Key key) {
            return new KeyView(key.id(), key.name(), key.createdAt(), key.revokedAt());
        }
    }

    @Schema(name = "Person")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record PersonView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String login,
            @Schema(required = true) String displayName,
            @Schema(required = true) Role role,

            @Schema(nullable = true, description = "The creator this person acts for.")
            UUID creatorId,

            @Schema(nullable = true, description = "The brand this person acts for.")
            UUID brandId,

            @Schema(required = true) Instant createdAt,

            @Schema(nullable = true, description = "Since when none of her keys opens anything.")
            Instant disabledAt,

            @Schema(required = true, description = "Those in force, newest first, then those revoked last; 50 at most.")
            List<KeyView> keys) {

        static PersonView of(People.Person person) {
            return new PersonView(
                    person.caller().personId(),
                    person.caller().login(),
                    person.displayName(),
                    person.caller().role(),
                    person.caller().creatorId(),
                    person.caller().brandId(),
                    person.createdAt(),
                    person.disabledAt(),
                    person.keys().stream().map(KeyView::of).toList());
        }
    }

    record CreateKey(
            @NotBlank @Size(max = 100) @Schema(description = "What it is for, to tell it from others.")
            String name) {}

    @Schema(name = "NewApiKey")
    record NewKeyView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String name,
            @Schema(required = true) Instant createdAt,

            @Schema(required = true, description = "Shown this once; keep it.")
            String apiKey) {}

    @POST
    @Transactional
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(operationId = "createPerson", summary = "Add a person with an API key")
    public NewPersonView create(@NotNull @Valid CreatePerson request) {
        var by = caller.get().personId();
        var creatorId = creator(request);
        if ((request.role() == Role.BRAND) != (request.brandId() != null)) {
            throw invalid("brandId", "is needed for the role BRAND, and only for that");
        }
        if (request.brandId() != null && !people.isBrand(request.brandId())) {
            throw invalid("brandId", "no brand has this id: see GET /api/v1/brands");
        }
        var person = people.addPerson(
                new Caller(
                        UuidCreator.getTimeOrderedEpoch(),
                        request.login(),
                        request.role(),
                        creatorId,
                        request.brandId()),
                request.displayName(),
                by);
        var key = ApiKeys.create();
        people.addKey(person.personId(), key, "first", by);
        return new NewPersonView(person.personId(), person.login(), person.role(), creatorId, key);
    }

    @GET
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(operationId = "listPeople", summary = "People and what is known of their API keys, newest first")
    public Page<PersonView> list(
            @QueryParam("login") @Parameter(description = "The one person who has it; everybody if left out.")
                    String login,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = people.page(login, Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(PersonView::of)
                .toList();
        return Page.of(rows, limit, PersonView::id, at);
    }

    @POST
    @Path("/{id}/disable")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "disablePerson",
            summary = "Let a person in no more",
            description = "All of her keys open nothing from the next request on. The last operator who can get in is "
                    + "refused with `last-operator`.")
    public PersonView disable(@PathParam("id") UUID id) {
        return PersonView.of(people.disable(id, caller.get().personId()));
    }

    @POST
    @Path("/{id}/enable")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "enablePerson",
            summary = "Let a person in again",
            description = "With all of her keys that are not revoked: revoke first those that leaked.")
    public PersonView enable(@PathParam("id") UUID id) {
        return PersonView.of(people.enable(id, caller.get().personId()));
    }

    // Not with Idempotency-Key: its answers are kept, and a key is kept as a hash only.
    @POST
    @Path("/{id}/keys")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createKey",
            summary = "Give a person another API key",
            description = "Her others stay in force; 20 of one person may be.")
    public NewKeyView createKey(@PathParam("id") UUID id, @NotNull @Valid CreateKey request) {
        return add(id, request);
    }

    @DELETE
    @Path("/{id}/keys/{key}")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "revokeKey",
            summary = "Revoke an API key",
            description =
                    "It opens nothing from the next request on, for good. The last key with which an operator can "
                            + "get in is refused with `last-operator`.")
    public KeyView revokeKey(@PathParam("id") UUID id, @PathParam("key") UUID key) {
        return KeyView.of(people.revokeKey(id, key, caller.get().personId()));
    }

    @GET
    @Path("/me")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getMe", summary = "Who calls, and what is known of her API keys")
    public PersonView me() {
        return PersonView.of(people.person(caller.get().personId()));
    }

    @POST
    @Path("/me/keys")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @ResponseStatus(201)
    @Operation(
            operationId = "createMyKey",
            summary = "Make another API key of one's own",
            description = "To renew a key: make another, use it, revoke the old one.")
    public NewKeyView createMyKey(@NotNull @Valid CreateKey request) {
        return add(caller.get().personId(), request);
    }

    @DELETE
    @Path("/me/keys/{key}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "revokeMyKey",
            summary = "Revoke an API key of one's own",
            description =
                    "It opens nothing from the next request on, for good; who revokes her last one asks an operator "
                            + "for another.")
    public KeyView revokeMyKey(@PathParam("key") UUID key) {
        var me = caller.get().personId();
        return KeyView.of(people.revokeKey(me, key, me));
    }

    private NewKeyView add(UUID personId, CreateKey request) {
        var apiKey = ApiKeys.create();
        var key = people.addKey(
                personId, apiKey, request.name().strip(), caller.get().personId());
        return new NewKeyView(key.id(), key.name(), key.createdAt(), apiKey);
    }

    private UUID creator(CreatePerson request) {
        var named = request.creatorName() != null && !request.creatorName().isBlank();
        if (request.role() != Role.CREATOR) {
            if (named || request.creatorId() != null) {
                throw invalid("creatorId", "is for the role CREATOR only");
            }
            return null;
        }
        if (named == (request.creatorId() != null)) {
            throw invalid("creatorName", "give either creatorName or creatorId for the role CREATOR");
        }
        if (!named && !people.isCreator(request.creatorId())) {
            throw invalid("creatorId", "no creator has this id: give one that a person has in GET /api/v1/people");
        }
        return named ? people.addCreator(request.creatorName().strip()) : request.creatorId();
    }

    private static Refusal invalid(String field, String reason) {
        return new Refusal(
                Refusal.Kind.INVALID,
                "invalid-request",
                "some fields are not as they should be: see errors",
                List.of(new Refusal.FieldError(field, reason)));
    }
}
