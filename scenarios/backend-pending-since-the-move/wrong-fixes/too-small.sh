#!/bin/sh
# Refused: spec.resources.requests.storage is "100Mi"
set -e
kubectl -n taskmaster delete persistentvolumeclaim attachments
kubectl -n taskmaster create -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: attachments
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: local-path
  resources:
    requests:
      storage: 100Mi
YAML
kubectl -n taskmaster rollout status deployment backend --timeout=120s
