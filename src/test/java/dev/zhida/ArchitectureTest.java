package dev.zhida;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.persistence.Entity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Arrows between rooms point one way: from the end of this list towards its beginning. */
class ArchitectureTest {

    /** Every room, those that know the least first. {@code web} knows no feature, so features may use it. */
    private static final List<String> ROOMS = List.of(
            "money",
            "problem",
            "web",
            "database",
            "ledger",
            "identity",
            "marketplace",
            "platform",
            "campaign",
            "slot",
            "link",
            "touch",
            "experiment",
            "edge",
            "order",
            "attribution",
            "commission",
            "intake",
            "settlement",
            "rollup",
            "comparison",
            "openness",
            "report",
            "demo",
            "portal");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.zhida");

    private static String room(String name) {
        return "dev.zhida." + name + "..";
    }

    @TestFactory
    List<DynamicTest> a_room_knows_only_rooms_before_it() {
        var tests = new ArrayList<DynamicTest>();
        for (var i = 0; i < ROOMS.size(); i++) {
            var room = ROOMS.get(i);
            var later = ROOMS.subList(i + 1, ROOMS.size()).stream()
                    .map(ArchitectureTest::room)
                    .toArray(String[]::new);
            if (later.length > 0) {
                tests.add(rule(
                        room,
                        noClasses()
                                .that()
                                .resideInAPackage(room(room))
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(later)));
            }
        }
        return tests;
    }

    @Test
    void every_class_is_in_a_room() {
        classes()
                .should()
                .resideInAnyPackage(ROOMS.stream().map(ArchitectureTest::room).toArray(String[]::new))
                .orShould()
                .haveFullyQualifiedName("dev.zhida.Zhida")
                .check(CLASSES);
    }

    @Test
    void rooms_have_no_cycles() {
        slices().matching("dev.zhida.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @TestFactory
    List<DynamicTest> pure_rooms_use_the_jdk_and_tables_of_distributions_only() {
        return List.of("money", "problem", "comparison").stream()
                .map(room -> rule(
                        room,
                        classes()
                                .that()
                                .resideInAPackage(room(room))
                                .should()
                                .onlyDependOnClassesThat()
                                .resideInAnyPackage("java..", "org.apache.commons.statistics..", room(room))))
                .toList();
    }

    @Test
    void the_hot_path_knows_no_orm() {
        noClasses()
                .that()
                .resideInAnyPackage(room("edge"), room("touch"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.persistence..", "io.quarkus.hibernate..", "org.hibernate..")
                .check(CLASSES);
    }

    @Test
    void entities_do_not_leak() {
        classes()
                .that()
                .areAnnotatedWith(Entity.class)
                .should()
                .bePackagePrivate()
                .check(CLASSES);
    }

    @Test
    void money_is_never_a_double() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        room("money"),
                        room("ledger"),
                        room("commission"),
                        room("order"),
                        room("attribution"),
                        room("settlement"))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Double")
                .check(CLASSES);
    }

    private static DynamicTest rule(String room, ArchRule rule) {
        return DynamicTest.dynamicTest(room, () -> rule.check(CLASSES));
    }
}
