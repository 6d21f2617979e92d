#!/bin/sh
# The same claim, for the class that this cluster has.
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
      storage: 1Gi
YAML
kubectl -n taskmaster rollout status deployment backend --timeout=120s
