package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

/** The committed contract is the one that runs, and it is complete. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ContractTest {

    private static final Path COMMITTED = Path.of("openapi", "openapi.yaml");

    @Test
    void the_committed_contract_is_the_running_one() throws Exception {
        var running = given().get("/openapi").asString();
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "openapi.yaml"), running);
        assertThat(COMMITTED)
                .as("copy target/openapi.yaml to openapi/openapi.yaml if the change is wanted")
                .hasContent(running);
    }

    @Test
    void every_operation_is_complete() throws Exception {
        var contract =
                new ObjectMapper().readTree(given().get("/openapi?format=json").asString());
        var ids = new HashSet<String>();
        for (var path : contract.get("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                var what = operation.getKey() + " " + path.getKey();
                var node = operation.getValue();
                assertThat(node.path("summary").asText()).as(what + " summary").isNotBlank();
                assertThat(ids.add(node.path("operationId").asText()))
                        .as(what + " operationId")
                        .isTrue();
                assertThat(node.path("operationId").asText())
                        .as(what + " operationId")
                        .isNotBlank();
                assertThat(schema(node.path("responses").path("default"), "application/problem+json"))
                        .as(what + " problem")
                        .isEqualTo("#/components/schemas/Problem");
                assertThat(hasBody(node)).as(what + " response schema").isTrue();
                assertThat(node.has("security") || contract.has("security"))
                        .as(what + " security")
                        .isTrue();
            }
        }
        assertThat(contract.path("components").path("securitySchemes").has("apiKey"))
                .isTrue();
        assertThat(ids).hasSizeGreaterThan(10);
    }

    private static String schema(JsonNode response, String type) {
        return response.path("content").path(type).path("schema").path("$ref").asText();
    }

    private static boolean hasBody(JsonNode operation) {
        for (var status : new String[] {"200", "201", "202"}) {
            for (var content : operation.path("responses").path(status).path("content")) {
                if (!content.path("schema").isMissingNode()
                        && !content.path("schema").isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }
}
