package dev.zhida.identity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity
@Table(name = "api_key")
class ApiKeyEntity {

    @Id
    UUID id;

    @ManyToOne
    @JoinColumn(name = "person_id")
    PersonEntity person;

    byte[] hash;

    String label;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "revoked_at")
    Instant revokedAt;
}
