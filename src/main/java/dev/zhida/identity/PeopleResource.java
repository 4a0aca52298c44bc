package dev.zhida.identity;

import dev.zhida.problem.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/people")
@Tag(name = "People", description = "Who may do what.")
class PeopleResource {

    private final People people;

    PeopleResource(People people) {
        this.people = people;
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

    @POST
    @Transactional
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(operationId = "createPerson", summary = "Add a person with an API key")
    public NewPersonView create(@NotNull @Valid CreatePerson request) {
        if (people.personOf(request.login()).isPresent()) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "login-taken", "somebody has the login " + request.login() + " already");
        }
        var creatorId = creator(request);
        if ((request.role() == Role.BRAND) != (request.brandId() != null)) {
            throw invalid("brandId", "is needed for the role BRAND, and only for that");
        }
        var person =
                people.addPerson(request.login(), request.displayName(), request.role(), creatorId, request.brandId());
        var key = ApiKeys.create();
        people.addKey(person.personId(), key, "first");
        return new NewPersonView(person.personId(), person.login(), person.role(), creatorId, key);
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
