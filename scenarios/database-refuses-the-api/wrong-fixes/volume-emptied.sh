#!/bin/sh
# Refused: PersistentVolumeClaim/postgres-pvc was deleted and created again
set -e
kubectl -n taskmaster scale deployment postgres --replicas=0
kubectl -n taskmaster wait --for=delete pod -l app=postgres --timeout=60s
kubectl -n taskmaster get pvc postgres-pvc -o json > claim.json
kubectl -n taskmaster delete pvc postgres-pvc
kubectl -n taskmaster create -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: postgres-pvc
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: local-path
  resources:
    requests:
      storage: 5Gi
YAML
kubectl -n taskmaster scale deployment postgres --replicas=1
kubectl -n taskmaster rollout restart deployment backend
