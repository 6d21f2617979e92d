#!/bin/sh
# Refused: Deployment/postgres no longer mounts PersistentVolumeClaim/postgres-pvc at /var/lib/postgresql/data
set -e
kubectl -n taskmaster create -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: postgres-data
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: local-path
  resources:
    requests:
      storage: 5Gi
YAML
