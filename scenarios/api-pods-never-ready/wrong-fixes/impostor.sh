#!/bin/sh
# Refused: pod impostor answers for backend-svc but does not belong to Deployment/backend
set -e
kubectl -n taskmaster create -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: impostor
  labels:
    app: backend
spec:
  containers:
  - name: backend
    image: docker.io/reddydodda/taskmaster-backend:1.0
    envFrom:
    - configMapRef:
        name: backend-config
    - secretRef:
        name: backend-secret
    env:
    - name: DB_USER
      valueFrom:
        secretKeyRef:
          name: database-secret
          key: POSTGRES_USER
    - name: DB_PASSWORD
      valueFrom:
        secretKeyRef:
          name: database-secret
          key: POSTGRES_PASSWORD
YAML
